/** What must never be seen outside: every token and every SAS signature handed out since the start. */
export class Secrets {
  #tokens = new Set();
  #signatures = new Set();

  addToken(value) {
    if (typeof value === "string") this.#tokens.add(value);
  }

  /** Kept both plain and as it stands in a URL, since a search has to look for either. */
  addSignature(value) {
    this.#signatures.add(value).add(encodeURIComponent(value));
  }

  list() {
    return { tokens: [...this.#tokens], signatures: [...this.#signatures] };
  }
}
