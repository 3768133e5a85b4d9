// In place of host.js, for a page in a frame: the page around it signs people in and hands its token over. A real one
// names the origin that it takes a token from.

let token;
const listeners = new Set();

export const pca = null;

export async function initialise() {}

export const account = () => (token ? { id: "1", name: "Embedded", username: "embedded" } : null);

export function onAccountChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function signIn() {
  const given = new Promise((resolve) => {
    addEventListener("message", function take({ source, data }) {
      if (source !== parent || typeof data?.token !== "string") return;
      removeEventListener("message", take);
      resolve(data.token);
    });
  });
  parent.postMessage({ wants: "token" }, "*");
  token = await given;
  for (const listener of listeners) listener(account());
  return true;
}

export async function signOut() {
  token = undefined;
  for (const listener of listeners) listener(null);
}

export const getToken = async () => token;
