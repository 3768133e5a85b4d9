//! What is told about a download: events, badges, the live region, and nothing anywhere else.

use crate::in_page;

in_page!(
    events_bubble_out_of_everything_and_carry_no_more_than_they_say,
    r#"
    const host = show("<div></div>").firstChild;
    const shadow = host.attachShadow({ mode: "closed" });
    shadow.innerHTML = `<a data-cab-id-hash="a">A</a>`;
    const heard = [];
    const hear = (event) => heard.push([event, event.target]);
    document.addEventListener("cablink:state", hear);
    cleanup.push(() => document.removeEventListener("cablink:state", hear));
    const cabs = await begin({ getToken: () => "token", handoff: "follow" });
    cabs.enhance(shadow);
    shadow.firstChild.click();
    while (heard.length < 3) await turn();
    const error = await rejection(cabs.download("b"));
    equal(heard.map(([{ detail }]) => [detail.cabIdHash, detail.state, detail.attempt]), [
      ["a", "authorizing", 1], ["a", "requesting", 1], ["a", "failed", 1],
      ["b", "authorizing", 1], ["b", "requesting", 1], ["b", "failed", 1],
    ]);
    for (const [event, target] of heard) {
      equal([event instanceof CustomEvent, event.bubbles, event.composed], [true, true, true]);
      const failed = event.detail.state === "failed";
      equal(Object.keys(event.detail), ["cabIdHash", "state", "attempt", ...(failed ? ["error"] : [])]);
      if (failed) equal([event.detail.error.name, event.detail.error.code], ["CabLinkError", error.code]);
      equal(target === (event.detail.cabIdHash === "a" ? host : document), true, "target");
    }
"#
);

in_page!(
    the_live_region_is_one_for_all_and_goes_with_the_last,
    r#"
    const [one, two] = [show(""), show("")];
    const regions = () => document.querySelectorAll(".cablink-announcer");
    const [first, second] = [await begin({ getToken: nobody, handoff: "follow" }), await begin({ getToken: nobody, handoff: "follow" })];
    equal(regions().length, 0, "before anything is enhanced");
    first.enhance(one);
    first.enhance(two);
    second.enhance(one);
    equal(regions().length, 1);
    const [region] = regions();
    equal([region.getAttribute("role"), region.parentNode === document.body, region.textContent], ["status", true, ""]);
    const { width, height, position, display, visibility } = getComputedStyle(region);
    equal([width, height, position], ["1px", "1px", "absolute"]);
    equal([display === "none", visibility], [false, "visible"], "hidden from eyes only");
    first.stop();
    equal(regions().length, 1, "one is left");
    second.stop();
    equal(regions().length, 0);
"#
);

in_page!(
    the_announcement_begins_with_the_links_own_words,
    r#"
    const root = show(`<a data-cab-id-hash="../x">\n  The <b>CAB</b>\n  of Monday </a> <a data-cab-id-hash="">${"long ".repeat(40)}</a>`);
    const cabs = await begin({ getToken: nobody });
    cabs.enhance(root);
    const region = document.querySelector(".cablink-announcer");
    root.children[0].click();
    const badge = root.children[1];
    equal(region.textContent, `The CAB of Monday: ${badge.textContent}`);
    const { error } = await new Promise((resolve) => {
      root.addEventListener("cablink:state", ({ detail }) => resolve(detail));
      root.children[2].click();
    });
    const words = `${error.message} ${error.nextStep}`;
    equal(root.children[3].textContent, words);
    equal(region.textContent, `${"long ".repeat(16).trim()}: ${words}`);
"#
);

in_page!(
    each_link_has_a_badge_of_its_own,
    r#"
    const root = show(`<p><a data-cab-id-hash="a">A</a>, <a data-cab-id-hash="b" aria-describedby="x y">B</a> and others</p>`);
    const before = root.innerHTML;
    const cabs = await begin({ getToken: () => { throw 0; } });
    cabs.enhance(root);
    equal(root.querySelectorAll(".cablink-state").length, 0, "before a click");
    const links = [...root.querySelectorAll("a")];
    for (const link of links) link.click();
    while (states.filter(([, state]) => state === "failed").length < 2) await turn();
    const badges = links.map((link) => link.nextSibling);
    equal(badges.map(({ tagName, className, dataset }) => [tagName, className, dataset.cabState]),
      [["SPAN", "cablink-state", "failed"], ["SPAN", "cablink-state", "failed"]]);
    equal(badges.every(({ id }) => /^cablink-state-\d+$/.test(id)) && badges[0].id !== badges[1].id, true);
    equal(links.map((link) => link.getAttribute("aria-describedby")), [badges[0].id, `x y ${badges[1].id}`]);
    links[0].click();
    while (states.filter(([, state]) => state === "failed").length < 3) await turn();
    equal([root.querySelectorAll(".cablink-state").length, links[0].nextSibling === badges[0]], [2, true], "used again");
    cabs.stop();
    equal(root.innerHTML, before);
"#
);

in_page!(
    nothing_is_logged_and_no_rejection_is_left_over,
    r#"
    const said = [];
    for (const method of ["debug", "log", "info", "warn", "error", "trace", "table"]) {
      const plain = console[method];
      console[method] = (...all) => said.push([method, ...all.map(String)]);
      cleanup.push(() => (console[method] = plain));
    }
    const left = [];
    const leave = (event) => { left.push(String(event.reason?.message ?? event.message)); event.preventDefault(); };
    for (const name of ["unhandledrejection", "error"]) {
      addEventListener(name, leave);
      cleanup.push(() => removeEventListener(name, leave));
    }
    const root = show(`<a data-cab-id-hash="a">A</a> <a data-cab-id-hash="../x">X</a> <a data-cab-id-hash="b">B</a>`);
    const cabs = await begin({ getToken: () => { throw new Error("thrown"); }, handoff: "follow" });
    cabs.enhance(root);
    for (const link of root.querySelectorAll("a")) link.click();
    await rejection(cabs.download("c"));
    await rejection(cabs.download(""));
    while (states.filter(([, state]) => state === "failed").length < 4) await turn();
    cabs.stop();
    // One of the test's own, which comes after all that may be due.
    Promise.reject(new Error("last"));
    while (!left.includes("last")) await turn();
    equal([said, left], [[], ["last"]]);
"#
);
