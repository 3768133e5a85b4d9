import {
  BlobSASPermissions,
  BlobServiceClient,
  SASProtocol,
  StorageSharedKeyCredential,
  generateBlobSASQueryParameters,
} from "@azure/storage-blob";

/** The account that every Azurite has; its key is published and protects nothing. */
const ACCOUNT = "devstoreaccount1";
const ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const OTHER_KEY = Buffer.from("not the key of this account").toString("base64");

/** One blob per CAB file, uploaded once. */
const ORIGINALS = "originals";
/** One blob per CAB id, a copy of one of the above; Azurite copies without copying bytes. */
const CABS = "cabs";

/** Compressed files carry the type that Windows registers, the others the one that Azure gives by default. */
const CONTENT_TYPES = { mszip: "application/vnd.ms-cab-compressed", none: "application/octet-stream" };

const BLOCK_BYTES = 16 * 1024 * 1024;

/** The CABs as blobs: there on demand, deleted and restored by tests, addressed by SAS. */
export class Blobs {
  #service;
  #credential = new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY);
  #publicOrigin;
  #settings;
  #secrets;
  #catalog;
  #files;
  #uploads = new Map();
  #copies = new Map();
  /** The last expiry given out, in seconds since 1970, by the life it was asked for. */
  #expiries = new Map();
  #deleted = new Set();

  /**
   * @param {{azuriteOrigin: string, publicOrigin: string, settings: object, secrets: object, catalog: object, files: object[]}} parts
   *   `publicOrigin` is what stands in a SAS address; the signature does not cover it
   */
  constructor({ azuriteOrigin, publicOrigin, settings, secrets, catalog, files }) {
    this.#service = new BlobServiceClient(`${azuriteOrigin}/${ACCOUNT}`, this.#credential, {
      // Only for a kept connection that Azurite has just closed.
      retryOptions: { maxTries: 3, retryDelayInMs: 20 },
    });
    this.#publicOrigin = publicOrigin;
    this.#settings = settings;
    this.#secrets = secrets;
    this.#catalog = catalog;
    this.#files = new Map(files.map((file) => [file.name, file]));
  }

  async createContainers() {
    for (const name of [ORIGINALS, CABS]) await this.#service.getContainerClient(name).createIfNotExists();
  }

  /** Uploads every CAB file that Azurite does not hold yet. */
  async uploadAll() {
    for (const name of this.#files.keys()) await this.#upload(name);
  }

  /**
   * A SAS address of the CAB, by the settings of this moment.
   * @param {string} cabIdHash of a CAB that a list contains
   */
  async address(cabIdHash) {
    await this.#ensure(cabIdHash);
    const { sasSeconds, sasWrongSignature } = this.#settings;
    const credential = sasWrongSignature ? new StorageSharedKeyCredential(ACCOUNT, OTHER_KEY) : this.#credential;
    const sas = generateBlobSASQueryParameters(
      {
        containerName: CABS,
        blobName: blobName(cabIdHash),
        permissions: BlobSASPermissions.parse("r"),
        expiresOn: this.#expiry(sasSeconds),
        protocol: SASProtocol.HttpsAndHttp,
      },
      credential,
    );
    this.#secrets.addSignature(sas.signature);
    return `${this.#publicOrigin}/${ACCOUNT}/${CABS}/${encodeURIComponent(blobName(cabIdHash))}?${sas}`;
  }

  /**
   * A whole second, as a SAS writes it, and another one for each address: two of the same second would be the same
   * address, and the browser's cache would answer for storage.
   */
  #expiry(sasSeconds) {
    const wanted = Math.floor(Date.now() / 1000) + sasSeconds;
    const given = this.#expiries.get(sasSeconds) ?? 0;
    this.#expiries.set(sasSeconds, Math.max(wanted, given + 1));
    return new Date(this.#expiries.get(sasSeconds) * 1000);
  }

  /** The path of the CAB's file on disk, for answers that carry the bytes themselves. */
  file(cabIdHash) {
    return this.#files.get(this.#catalog.cab(cabIdHash).cabFile);
  }

  /** From now on storage answers 404 for it, though the endpoint still knows it. */
  async delete(cabIdHash) {
    await this.#ensure(cabIdHash);
    this.#deleted.add(cabIdHash);
    this.#copies.delete(cabIdHash);
    await this.#blob(CABS, blobName(cabIdHash)).deleteIfExists();
  }

  async restore(cabIdHash) {
    this.#deleted.delete(cabIdHash);
    await this.#ensure(cabIdHash);
  }

  async restoreAll() {
    for (const cabIdHash of [...this.#deleted]) await this.restore(cabIdHash);
  }

  #ensure(cabIdHash) {
    if (this.#deleted.has(cabIdHash)) return undefined;
    return once(this.#copies, cabIdHash, () => this.#copy(cabIdHash));
  }

  async #copy(cabIdHash) {
    const { cabFile } = this.#catalog.cab(cabIdHash);
    await this.#upload(cabFile);
    const copy = await this.#blob(CABS, blobName(cabIdHash)).beginCopyFromURL(this.#blob(ORIGINALS, cabFile).url);
    await copy.pollUntilDone();
  }

  #upload(name) {
    return once(this.#uploads, name, async () => {
      const file = this.#files.get(name);
      const blob = this.#blob(ORIGINALS, name);
      const held = await blob.getProperties().catch((error) => {
        if (error.statusCode === 404) return undefined;
        throw error;
      });
      if (held?.metadata?.sha256 === file.sha256) return;
      await blob.uploadFile(file.path, {
        blockSize: BLOCK_BYTES,
        maxSingleShotSize: BLOCK_BYTES,
        concurrency: 2,
        blobHTTPHeaders: { blobContentType: CONTENT_TYPES[file.compression] },
        metadata: { sha256: file.sha256 },
      });
    });
  }

  #blob(container, name) {
    return this.#service.getContainerClient(container).getBlockBlobClient(name);
  }
}

function blobName(cabIdHash) {
  return `${cabIdHash}.cab`;
}

/** Work that several requests may ask for at once is done once; a failure is not remembered. */
function once(memory, key, work) {
  if (!memory.has(key)) {
    const promise = work();
    memory.set(key, promise);
    promise.catch(() => memory.delete(key));
  }
  return memory.get(key);
}
