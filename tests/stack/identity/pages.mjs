import { PEOPLE } from "../known.mjs";

const STYLE = `:root { color-scheme: light dark; --line: light-dark(#c9ced6, #444c58); --accent: light-dark(#0b57d0, #8ab4f8); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  font: 1rem/1.5 system-ui, sans-serif; color: light-dark(#1b1f24, #e6e9ee); background: light-dark(#f4f6f9, #14171b); }
main { width: min(24rem, 100%); padding: 1.5rem; border: 1px solid var(--line); border-radius: .75rem;
  background: light-dark(#fff, #1d2126); }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; }
p { margin: 0 0 1rem; }
form { display: grid; gap: .5rem; }
button { min-height: 2.75rem; padding: .5rem 1rem; font: inherit; text-align: start; cursor: pointer;
  color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .5rem; }
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button.quiet { border-color: transparent; color: var(--accent); }
`;

/** The only script: it sends the sign-out form, which the provider insists on, without a further click. */
const SUBMIT = `document.forms[0].submit();
`;

/** For a page that somebody develops against the stack. */
const OTHER_PAGES = "A page of another origin signs in through its /redirect.html, once the stack is told of it: cargo xtask stack --page <its origin>.";

/** The provider's pages, and what they load. A form may lead on to `portal` and the settings' `moreOrigins` only. */
export function identityPages(portal, settings) {
  // form-action also rules where a submitted form is redirected, in Chromium.
  const policy = () => [
    "default-src 'none'",
    "style-src 'self'",
    // The empty icon of the pages; without one browsers ask for /favicon.ico.
    "img-src data:",
    "script-src 'self'",
    ["form-action 'self'", portal, ...settings.moreOrigins].join(" "),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = () => ({
    "content-security-policy": policy(),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });

  return {
    signIn(uid) {
      const buttons = Object.entries(PEOPLE)
        .map(([id, { name }]) => `<button type="submit" name="account" value="${id}" id="${id}">${name}</button>`)
        .join("\n      ");
      return page(
        "Sign in",
        `<h1>Sign in</h1>
    <p>Test accounts of this machine. Choose who you are.</p>
    <form method="post" action="/interaction/${uid}">
      ${buttons}
      <button type="submit" name="cancel" value="1" id="cancel" class="quiet">Cancel</button>
    </form>`,
      );
    },

    problem(sentence) {
      return page("Sign-in problem", `<h1>This did not work</h1>\n    <p>${escaped(sentence)}</p>`);
    },

    get headers() {
      return headers();
    },

    /** Files that the pages load, by path. */
    files: {
      "/sign-in.css": { type: "text/css; charset=utf-8", body: STYLE },
      "/submit.js": { type: "text/javascript; charset=utf-8", body: SUBMIT },
    },

    /** The provider's hook for its error page. */
    renderError(context, out) {
      context.set(headers());
      context.type = "html";
      const hint = out.error === "invalid_redirect_uri" ? `. ${OTHER_PAGES}` : "";
      const sentence = [out.error, out.error_description].filter(Boolean).join(": ") + hint;
      context.body = page("Sign-in problem", `<h1>This did not work</h1>\n    <p>${escaped(sentence)}</p>`);
    },

    /** The provider's hook for its sign-out page. `form` is its markup, with the form's id. */
    logoutSource(context, form) {
      context.set(headers());
      const field = '<input type="hidden" name="logout" value="yes">';
      context.body = page(
        "Signing out",
        `<h1>Signing out</h1>\n    ${form.replace("</form>", `${field}</form>`)}`,
        '<script src="/submit.js" defer></script>',
      );
    },
  };
}

function page(title, main, head = "") {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/sign-in.css">
  ${head}
</head>
<body>
  <main>
    ${main}
  </main>
</body>
</html>
`;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
