// Whether this page is shown inside another one, and whether that one is of the same site.

export const isEmbedded = window.top !== window;

/**
 * Browsers keep a page in a frame of another site apart: its storage and channels are not those of its own windows.
 * Which origins are one site only the browser knows. It takes a cookie for the same site there, and nowhere else.
 */
export function isInAnotherSite() {
  if (!isEmbedded) return false;
  try {
    // Throws for another origin, which may still be of the same site. Between the two could be a third.
    if (window.parent === window.top && window.top.location.origin === location.origin) return false;
  } catch {
    // Asked below.
  }
  const name = "cablink-same-site";
  document.cookie = `${name}=1; SameSite=Strict; Path=${location.pathname}`;
  const taken = document.cookie.includes(`${name}=1`);
  document.cookie = `${name}=; SameSite=Strict; Path=${location.pathname}; Max-Age=0`;
  return !taken;
}
