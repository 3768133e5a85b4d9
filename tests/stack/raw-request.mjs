import http from "node:http";

/**
 * A GET whose path arrives as it is written; `fetch` would resolve every `..` and `.` in it first.
 *
 * @param {string} origin
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{status: number, text: string}>}
 */
export function rawGet(origin, path, headers = {}) {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += chunk));
      response.once("end", () => resolve({ status: response.statusCode, text }));
      response.once("error", reject);
    });
    request.once("error", reject);
    request.end();
  });
}
