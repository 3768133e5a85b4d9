import { readFile } from "node:fs/promises";

import { SignIn } from "../identity/sign-in.mjs";
import { startTestStack } from "../stack-for-tests.mjs";
import { API_PATH } from "./devcenter.mjs";

/** A stack with somebody signed in, and a way to ask the API. */
export async function startApi(options) {
  const stack = await startTestStack(options);
  try {
    const { access_token: token } = await new SignIn(stack.urls).as("alice");
    await stack.control.clearRequests();
    return {
      ...stack,
      token,
      /**
       * @param {string} path below the API's base
       * @param {Record<string, string | number>} [query]
       * @param {RequestInit} [options] replaces the usual headers
       */
      async ask(path, query = {}, options = {}) {
        const url = `${stack.urls.devcenter}${API_PATH}${path}?${new URLSearchParams(query)}`;
        const response = await fetch(url, {
          redirect: "manual",
          headers: { authorization: `Bearer ${token}` },
          ...options,
        });
        const text = await response.text();
        const json = /json/.test(response.headers.get("content-type") ?? "");
        return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
      },
    };
  } catch (error) {
    await stack.close();
    throw error;
  }
}

/**
 * The fields that openapi.yaml allows in a clause of a method.
 * @param {string} method such as `ihvdriver/failurehits`
 * @param {"filter" | "orderby" | "groupby"} clause
 */
export async function describedFields(method, clause) {
  const text = await readFile(new URL("../openapi.yaml", import.meta.url), "utf8");
  const section = text.split(`\n  /${method}:\n`)[1]?.split(/\n {2}\/|\n\S/)[0];
  const parameter = section?.split(`        - name: ${clause}\n`)[1]?.split("        - ")[0];
  const lists = [...(parameter ?? "").matchAll(/x-fields(?:-from-example-only)?: \[([^\]]+)\]/g)];
  if (lists.length === 0) throw new Error(`openapi.yaml lists no fields for ${clause} of ${method}`);
  return lists.flatMap(([, list]) => list.split(",").map((field) => field.trim()));
}
