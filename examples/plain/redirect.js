// Hands the answer of the sign-in to the page that asked for it; MSAL then closes this window.
msalRedirectBridge.broadcastResponseToMainFrame();
