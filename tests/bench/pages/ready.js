// Notes when a link is ready after the page's script has begun, and what compiling the module takes.

const script = performance.now();
const { default: init, CabLink } = await import("/pkg/cablink.js");
const imported = performance.now();
await init();
const initialised = performance.now();
const started = CabLink.start({ getToken: () => "a-token", endpoint: "/devcenter/", enhance: document.body });
// The link has its address within the scope from here on, and a click on it is taken.
if (!document.getElementById("go").href.includes("/cablink/")) throw new Error("The link is not ready.");
const ready = performance.now();
await started;
const worker = performance.now();

const bytes = await (await fetch("/pkg/cablink_bg.wasm")).arrayBuffer();
const before = performance.now();
await WebAssembly.compile(bytes);
const compiled = performance.now();

window.ready = {
  script,
  fromScript: { imported: imported - script, initialised: initialised - script, ready: ready - script, worker: worker - script },
  fromNavigation: ready,
  compile: compiled - before,
};
