// The page on which methods are compared: one link, and the method that a measurement asks for behind it.

/** How far the page's own clock is from that of the servers: they share the machine's, which has whole milliseconds
 * for scripts, so its tick is waited for. */
function offset() {
  const before = Date.now();
  let now;
  do now = Date.now();
  while (now === before);
  return now - performance.now();
}

const link = document.getElementById("go");
const marks = [];
let off = offset();

/** Notes a moment, in milliseconds since 1970. */
const mark = (name, at = performance.now()) => marks.push({ name, ms: off + at });

addEventListener("click", (event) => event.isTrusted && mark("click", event.timeStamp), { capture: true });
addEventListener("pointerdown", ({ timeStamp }) => mark("pointerdown", timeStamp), { capture: true });
document.addEventListener("cablink:state", ({ detail: { state, error } }) => mark(error ? `failed: ${error.code}` : state));
/** The worker asks on the line that it was given, and all pages beside it: one question twice. */
const navigations = new Set();
const asked = ({ timeStamp, data }) => {
  if (!data?.url || navigations.has(data.navigation)) return;
  navigations.add(data.navigation);
  mark(data.url.includes("/frame?") ? "worker asks for the frame" : "worker asks for the request", timeStamp);
};
navigator.serviceWorker.addEventListener("message", asked);
const { start: startPort } = MessagePort.prototype;
MessagePort.prototype.start = function () {
  this.addEventListener("message", asked);
  startPort.call(this);
};

const taken = (act) =>
  link.addEventListener("click", (event) => {
    event.preventDefault();
    act().catch((error) => mark(`failed: ${error}`));
  });

function script(src) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = src;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${src} does not load`));
    document.head.append(element);
  });
}

/** Asks the endpoint and follows its redirect, which needs storage that answers CORS. */
const follow = ({ endpoint, token, cabIdHash }, options = {}) =>
  fetch(`${endpoint}ihvdriver/cabdownload?cabIdHash=${cabIdHash}`, {
    headers: { authorization: `Bearer ${token}` },
    cache: "no-store",
    ...options,
  });

const startOptions = ({ endpoint, token, storage }) => ({ getToken: () => token, endpoint, storage: [storage] });

async function msal() {
  const host = await import("/host.js");
  await host.initialise(await (await fetch("/config.json")).json());
  return host;
}

/** By name: what makes the link ready for its click. */
const METHODS = {
  /** The limit: the browser alone, which needs the address of storage before the click. */
  async link({ sas }) {
    link.href = sas;
  },

  /** The floor of latency: what any navigation of a hidden frame takes. */
  async frame({ sas }) {
    link.href = "#";
    taken(async () => {
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.src = sas;
      document.body.append(frame);
    });
  },

  async "hand-off"(wanted) {
    const { default: init, CabLink } = await import("/pkg/cablink.js");
    await init();
    link.dataset.cabIdHash = wanted.cabIdHash;
    window.cabs = await CabLink.start({ ...startOptions(wanted), enhance: document.body });
  },

  /** The page has started cablink and waits for nothing; the pointer is on its way already. */
  async "hand-off just started"(wanted) {
    const { default: init, CabLink } = await import("/pkg/cablink.js");
    await init();
    link.dataset.cabIdHash = wanted.cabIdHash;
    CabLink.start({ ...startOptions(wanted), enhance: document.body }).then((cabs) => (window.cabs = cabs));
  },

  /** As a portal does it: MSAL gives the token. The person has signed in before. */
  async "hand-off with MSAL"(wanted) {
    const { pca } = await msal();
    const { default: init, CabLink, msalToken } = await import("/pkg/cablink.js");
    await init();
    link.dataset.cabIdHash = wanted.cabIdHash;
    // So that MSAL's cache holds a token of the life that the provider gives now.
    await pca.acquireTokenSilent({ scopes: wanted.scopes, forceRefresh: true });
    const options = { ...startOptions(wanted), getToken: msalToken(pca), scopes: wanted.scopes };
    window.cabs = await CabLink.start({ ...options, enhance: document.body });
  },

  async "sign in"() {
    const { signIn } = await msal();
    link.href = "#";
    taken(async () => mark((await signIn()) ? "signed in" : "failed: nobody signed in"));
  },

  /** The click is the very moment at which the page starts cablink, so that nothing is there yet. */
  async "hand-off at once"(wanted) {
    const { default: init, CabLink } = await import("/pkg/cablink.js");
    await init();
    link.dataset.cabIdHash = wanted.cabIdHash;
    link.href = "#";
    const start = () => CabLink.start({ ...startOptions(wanted), enhance: document.body }).then((cabs) => (window.cabs = cabs));
    addEventListener("click", start, { capture: true, once: true });
  },

  async blob(wanted) {
    await script("file-saver.js");
    link.href = "#";
    taken(async () => window.saveAs(await (await follow(wanted)).blob(), `${wanted.cabIdHash}.cab`));
  },

  async streamsaver(wanted) {
    await script("streamsaver/StreamSaver.js");
    window.streamSaver.mitm = "/bench/streamsaver/mitm.html";
    link.href = "#";
    taken(async () => {
      const response = await follow(wanted);
      const size = Number(response.headers.get("content-length")) || undefined;
      await response.body.pipeTo(window.streamSaver.createWriteStream(`${wanted.cabIdHash}.cab`, { size }));
    });
  },

  async "follow and abort"(wanted) {
    link.href = "#";
    taken(async () => {
      const ending = new AbortController();
      const { url } = await follow(wanted, { signal: ending.signal });
      ending.abort();
      location.href = url;
    });
  },
};

window.bench = {
  async prepare(method, wanted) {
    await METHODS[method](wanted);
    // Once more: a page may have slept since.
    off = offset();
    marks.length = 0;
  },
  marks: () => marks,

  /** As after the browser's installation: no worker of this origin. */
  async forgetWorkers() {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  },
};
