// In place of host.js, for a page in a frame: the page around it signs people in and hands its token over. Only a page of
// this origin is asked and believed; the policy's frame-ancestors names the same. A real host file has it written down;
// here it stands in the settings, because no test knows its ports.

let around;
let token;
const listeners = new Set();

export const pca = null;

export async function initialise({ around: origin }) {
  around = origin;
}

export const account = () => (token ? { id: "1", name: "Embedded", username: "embedded" } : null);

export function onAccountChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function signIn() {
  const given = new Promise((resolve) => {
    addEventListener("message", function take({ source, origin, data }) {
      if (source !== parent || origin !== around || typeof data?.token !== "string") return;
      removeEventListener("message", take);
      resolve(data.token);
    });
  });
  parent.postMessage({ wants: "token" }, around);
  token = await given;
  for (const listener of listeners) listener(account());
  return true;
}

export async function signOut() {
  token = undefined;
  for (const listener of listeners) listener(null);
}

export const getToken = async () => token;
