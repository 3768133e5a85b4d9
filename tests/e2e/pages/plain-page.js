// What host-page.js offers as `window.host`, as far as it makes sense with a token that the test brings.

import init, { CabLink } from "/pkg/cablink.js";

await init();

function told(error) {
  if (!(error instanceof Error)) return { notAnError: String(error) };
  const own = Object.getOwnPropertyNames(error).map((name) => [name, error[name]]);
  return { ...Object.fromEntries(own), text: String(error) };
}

window.host = {
  cabs: undefined,
  /** How often cablink asked for a token. */
  asked: 0,

  /** @param {string} token given out whenever cablink asks */
  async start(token, options) {
    const getToken = () => {
      window.host.asked += 1;
      return Promise.resolve(token);
    };
    try {
      window.host.cabs = await CabLink.start({ endpoint: "/devcenter/", getToken, ...options });
      return null;
    } catch (error) {
      return told(error);
    }
  },

  download: (cab) => window.host.cabs.download(cab).then((result) => ({ result }), (error) => ({ error: told(error) })),
};
