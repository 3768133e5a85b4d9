/** The bodies of the analytics API: its list envelope and its one documented error body. */

const SOURCE = "AnalyticsAPI";
const OUTER = {
  400: ["BadRequest", "The calling client sent a bad request to the service."],
  401: ["Unauthorized", "The request could not be authorized."],
  403: ["Forbidden", "Access to the requested resource is forbidden."],
  404: ["NotFound", "The requested resource was not found."],
  405: ["MethodNotAllowed", "The method is not allowed for this resource."],
  429: ["TooManyRequests", "The rate limit of the service was exceeded."],
  500: ["InternalServerError", "The service encountered an internal error."],
  503: ["ServiceUnavailable", "The service is unavailable."],
};

/**
 * The documented shape. Only the texts of 400 and 403 are known from the documentation and from a public report; the
 * others are inferred by analogy.
 *
 * @param {number} status
 * @param {{code?: string, message?: string, data?: string[]}} [inner] the part meant for people
 */
export function errorBody(status, inner = {}) {
  const [code, message] = OUTER[status] ?? OUTER[status < 500 ? 400 : 500];
  return {
    code,
    data: [],
    details: [],
    innererror: {
      code: inner.code ?? code,
      data: inner.data ?? [],
      details: [],
      message: inner.message ?? message,
      source: SOURCE,
    },
    message,
    source: SOURCE,
  };
}

/** @param {string[]} sentences one per rejected parameter, such as "top parameter cannot be more than 10000" */
export function invalidParameters(sentences) {
  return errorBody(400, {
    code: "InvalidQueryParameters",
    message: "One or More Query Parameters has invalid values.",
    data: sentences,
  });
}

/**
 * One slice of a list.
 *
 * @param {string} method path below the API's base, such as `ihvdriver/failurehits`
 * @param {object[]} found the whole result
 * @param {(one: object, number: number) => object} toRow how one of them, and its number in the whole, becomes a row
 * @param {{top: number, skip: number}} paging
 * @param {[string, string | undefined][]} query what the next request has to repeat, in the order of the link
 */
export function listBody(method, found, toRow, { top, skip }, query) {
  const next = skip + top;
  return {
    Value: found.slice(skip, next).map((one, number) => toRow(one, skip + number)),
    "@nextLink": next < found.length ? nextLink(method, [...query, ["top", top], ["skip", next]]) : null,
    TotalCount: found.length,
  };
}

/** Relative to the API's base and not percent-encoded, as the sibling methods print it. */
function nextLink(method, query) {
  const pairs = query.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`);
  return `${method}?${pairs.join("&")}`;
}

/** JSON in which counts stand as `1.0`, the way the documentation prints them. */
export function render(body) {
  // Inside a JSON text these names could not be followed by an unescaped quote and a colon.
  return JSON.stringify(body).replace(/"(eventCount|deviceCount)":(\d+)(?=[,}])/g, '"$1":$2.0');
}
