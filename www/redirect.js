// The script of MSAL's bridge page: passes the sign-in answer in this page's address on to the portal.
// MSAL takes the answer out of the address itself and closes the window, so the text below is only ever
// read when that did not happen.

/** @param {string} text */
function say(text) {
  const status = document.getElementById("bridge-status");
  if (status) status.textContent = text;
}

async function passOn() {
  const bridge = globalThis.msalRedirectBridge;
  if (!bridge) {
    say("The sign-in could not be finished: a script of this page is missing. Tell whoever runs this page.");
    return;
  }
  try {
    await bridge.broadcastResponseToMainFrame();
    say("Done. You can close this window.");
  } catch {
    // No answer in the address: somebody opened this page by hand, or came back from signing out.
    say("There is nothing to do here. You can close this window.");
  }
}

passOn();
