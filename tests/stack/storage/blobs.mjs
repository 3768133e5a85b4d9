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
/**
 * One blob per CAB id, a copy of one of the above, made when it is first asked for: tens of thousands of ids share a few
 * files. Azurite copies without copying bytes.
 */
const CABS = "cabs";
/** Where `cabdownloadbatch` leads: containers by day, and names that end like those in its documented example. */
const BATCH = { container: (date) => `kernel-${date.slice(0, 10).replaceAll("-", "")}`, ending: ".ext.zip" };
/** A CAB's date moves along with the days, so an address given out yesterday names another container than one of today. */
const BATCH_CONTAINER = /^kernel-\d{8}$/;

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
  /** By container and name. */
  #copies = new Map();
  #containers = new Map();
  /** The last expiry given out, in seconds since 1970, by blob and the life it was asked for. */
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
   * @param {{cabIdHash: string, cabFile: string}} occurrence
   */
  async address(occurrence) {
    const place = { container: CABS, name: `${occurrence.cabIdHash}.cab` };
    await this.#ensure(occurrence, place);
    return this.#sign(place);
  }

  /**
   * The same for the batch method. The blob is put there when storage is asked for it: most of a batch never is.
   * @param {{cabIdHash: string, cabFile: string, date: string}} occurrence
   */
  batchAddress({ cabIdHash, date }) {
    return this.#sign({ container: BATCH.container(date), name: cabIdHash + BATCH.ending });
  }

  /**
   * Puts the blob there that a request is about to read.
   * @param {string} url of a request to storage
   */
  async provide(url) {
    const [, account, container, name] = url.split("?", 1)[0].split("/");
    if (account !== ACCOUNT || !name) return;
    const occurrence = this.#catalog.cab(cabOf(url));
    if (!occurrence) return;
    const right = name.endsWith(BATCH.ending) ? BATCH_CONTAINER.test(container) : container === CABS;
    if (right) await this.#ensure(occurrence, { container, name });
  }

  #sign({ container, name }) {
    const { sasSeconds, sasWrongSignature } = this.#settings;
    const credential = sasWrongSignature ? new StorageSharedKeyCredential(ACCOUNT, OTHER_KEY) : this.#credential;
    const sas = generateBlobSASQueryParameters(
      {
        containerName: container,
        blobName: name,
        permissions: BlobSASPermissions.parse("r"),
        expiresOn: this.#expiry(name, sasSeconds),
        protocol: SASProtocol.HttpsAndHttp,
      },
      credential,
    );
    this.#secrets.addSignature(sas.signature);
    return `${this.#publicOrigin}/${ACCOUNT}/${container}/${encodeURIComponent(name)}?${sas}`;
  }

  /**
   * A whole second, as a SAS writes it, and another one for each address of a blob: two of the same second would be the
   * same address, and the browser's cache would answer for storage.
   */
  #expiry(name, sasSeconds) {
    const key = `${name} ${sasSeconds}`;
    const wanted = Math.floor(Date.now() / 1000) + sasSeconds;
    const given = this.#expiries.get(key) ?? 0;
    this.#expiries.set(key, Math.max(wanted, given + 1));
    return new Date(this.#expiries.get(key) * 1000);
  }

  /** The path of the CAB's file on disk, for answers that carry the bytes themselves. */
  file({ cabFile }) {
    return this.#files.get(cabFile);
  }

  /** From now on storage answers 404 for it, though the endpoint still knows it. */
  async delete(cabIdHash) {
    this.#deleted.add(cabIdHash);
    const occurrence = this.#catalog.cab(cabIdHash);
    for (const place of [
      { container: CABS, name: `${cabIdHash}.cab` },
      { container: BATCH.container(occurrence.date), name: cabIdHash + BATCH.ending },
    ]) {
      await this.#copies.get(keyOf(place));
      this.#copies.delete(keyOf(place));
      // Also one that a run before has left. There may be none, nor a container for it.
      await this.#blob(place.container, place.name)
        .delete()
        .catch((error) => {
          if (error.statusCode !== 404) throw error;
        });
    }
  }

  restore(cabIdHash) {
    this.#deleted.delete(cabIdHash);
  }

  restoreAll() {
    this.#deleted.clear();
  }

  #ensure(occurrence, place) {
    if (this.#deleted.has(occurrence.cabIdHash)) return undefined;
    return once(this.#copies, keyOf(place), async () => {
      await this.#upload(occurrence.cabFile);
      await once(this.#containers, place.container, () => this.#service.getContainerClient(place.container).createIfNotExists());
      const original = this.#blob(ORIGINALS, occurrence.cabFile).url;
      const copy = await this.#blob(place.container, place.name).beginCopyFromURL(original);
      await copy.pollUntilDone();
    });
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

/** The CAB that a request to storage is for. Ids need no percent-encoding, so the path's text will do. */
export function cabOf(url) {
  return /\/([^/]+?)(?:\.cab|\.ext\.zip)$/.exec(url.split("?", 1)[0])?.[1];
}

const keyOf = ({ container, name }) => `${container}/${name}`;

/** Work that several requests may ask for at once is done once; a failure is not remembered. */
function once(memory, key, work) {
  if (!memory.has(key)) {
    const promise = work();
    memory.set(key, promise);
    promise.catch(() => memory.delete(key));
  }
  return memory.get(key);
}
