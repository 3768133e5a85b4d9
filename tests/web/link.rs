//! A started `CabLink`: what it has, shares, and gives up.

use crate::in_page;

in_page!(
    after_stop_nothing_begins_any_more,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a>`);
    const before = root.innerHTML;
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    cabs.enhance(root);
    cabs.stop();
    cabs.stop();
    equal((await rejection(cabs.download("a"))).code, "aborted");
    equal((await rejection(cabs.download("../x"))).code, "invalid_cab_id");
    cabs.enhance(root);
    root.append(show(`<a data-cab-id-hash="b">B</a>`).firstChild);
    await turn();
    equal(root.innerHTML, `${before}<a data-cab-id-hash="b">B</a>`);
    equal(cabs.href("a"), `${location.origin}/src/ihvdriver/cabdownload?cabIdHash=a`);
    equal(document.querySelector(".cablink-announcer"), null);
"#
);

in_page!(
    stopping_one_leaves_the_other,
    r#"
    const never = () => new Promise(() => {});
    const [one, two] = [await begin({ getToken: never, handoff: "follow" }), await begin({ getToken: never, handoff: "follow" })];
    const [first, second] = [one.download("a"), two.download("a")];
    equal(first === second, false, "each has its own");
    one.stop();
    equal((await rejection(first)).code, "aborted");
    equal(second === two.download("a"), true, "still under way");
    two.stop();
    equal((await rejection(second)).code, "aborted");
"#
);

in_page!(
    a_start_that_fails_puts_the_links_back,
    r#"
    const root = show(`<a data-cab-id-hash="a" download>A</a>`);
    const before = root.innerHTML;
    const starting = begin({ getToken: () => new Promise(() => {}), enhance: root, worker: "/src/no-such-worker.js", handoff: "worker" });
    const link = root.firstChild;
    equal(link.hasAttribute("download"), false, "enhanced at once");
    link.click();
    equal((await rejection(starting)).code, "worker_unavailable");
    equal(root.innerHTML, before);
    equal(states.at(0), ["a", "authorizing", undefined]);
    equal(states.at(-1).slice(0, 2), ["a", "failed"]);
    equal(document.querySelector(".cablink-announcer"), null);
"#
);

in_page!(
    only_a_node_can_be_enhanced,
    r#"
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    for (const root of [undefined, null, "body", {}, [], window, new EventTarget(), document.querySelectorAll("a")]) {
      let error;
      try { cabs.enhance(root); } catch (thrown) { error = thrown; }
      equal([error?.name, error?.code, error?.field], ["CabLinkError", "invalid_options", "root"], String(root));
    }
    for (const root of [document, document.documentElement, document.createDocumentFragment(), document.createTextNode("a")]) cabs.enhance(root);
"#
);

in_page!(
    a_click_is_taken_once_however_the_roots_lie,
    r#"
    const root = show(`<p><a data-cab-id-hash="a"><b>The <i>CAB</i></b></a></p>`);
    let asked = 0;
    const cabs = await begin({ getToken: () => { asked += 1; return new Promise(() => {}); }, handoff: "follow" });
    for (const each of [root, root.firstChild, root, document, root.querySelector("a")]) cabs.enhance(each);
    root.querySelector("i").click();
    equal([asked, states], [1, [["a", "authorizing", undefined]]]);
    for (let again = 0; again < 3; again += 1) root.querySelector("a").click();
    equal(asked, 1, "under way");
    const joined = cabs.download("a");
    equal(asked, 1, "download() joins the click's");
    cabs.stop();
    equal((await rejection(joined)).code, "aborted");
    equal(root.innerHTML, `<p><a data-cab-id-hash="a"><b>The <i>CAB</i></b></a></p>`);
"#
);

in_page!(
    every_link_to_a_cab_under_way_is_told_of_it,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a><p><a data-cab-id-hash="a">A again</a></p>`);
    let fail;
    const cabs = await begin({ getToken: () => new Promise((_, reject) => { fail = reject; }), handoff: "follow" });
    cabs.enhance(root);
    const [first, second] = root.querySelectorAll("a");
    const heard = [];
    root.addEventListener("cablink:state", ({ target, detail }) => heard.push([target === first ? 1 : 2, detail.state, detail.error?.code]));
    first.click();
    second.click();
    second.click();
    equal([first.dataset.cabState, second.dataset.cabState], ["authorizing", "authorizing"]);
    fail(0);
    while (heard.length < 4) await turn();
    equal(heard, [[1, "authorizing", undefined], [2, "authorizing", undefined], [1, "failed", "token_unavailable"], [2, "failed", "token_unavailable"]]);
    equal([first.dataset.cabState, second.dataset.cabState], ["failed", "failed"]);
"#
);

in_page!(
    an_element_of_another_window_may_show_a_download,
    r#"
    const frame = document.createElement("iframe");
    document.body.append(frame);
    cleanup.push(() => frame.remove());
    const theirs = frame.contentDocument;
    const link = theirs.body.appendChild(theirs.createElement("a"));
    const heard = [];
    link.addEventListener("cablink:state", ({ detail }) => heard.push(detail.state));
    const cabs = await begin({ getToken: () => { throw 0; }, handoff: "follow" });
    equal((await rejection(cabs.download("a", { link }))).code, "token_unavailable");
    equal(heard, ["authorizing", "failed"]);
    for (const odd of [theirs, theirs.createTextNode("text"), {}, "a", 1, frame.contentWindow]) {
      const error = await rejection(cabs.download("a", { link: odd }));
      equal([error.code, error.field], ["invalid_options", "link"], String(odd));
    }
"#
);

in_page!(
    what_happens_to_a_link_that_has_left_is_told_to_the_document,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a>`);
    let fail;
    const cabs = await begin({ getToken: () => new Promise((_, reject) => { fail = reject; }), handoff: "follow" });
    cabs.enhance(root);
    root.firstChild.click();
    root.replaceChildren();
    await turn();
    const told = new Promise((resolve) => document.addEventListener("cablink:state", resolve, { once: true }));
    fail(0);
    const { target, detail } = await told;
    equal([target === document, detail.state, detail.error.code], [true, "failed", "token_unavailable"]);
"#
);

in_page!(
    a_badge_follows_its_link_and_leaves_what_the_host_has_set_since,
    r#"
    const root = show(`<p><a data-cab-id-hash="a" aria-describedby="x">A</a></p><p></p>`);
    const cabs = await begin({ getToken: () => { throw 0; }, handoff: "follow" });
    cabs.enhance(root);
    const link = root.querySelector("a");
    link.click();
    while (link.dataset.cabState !== "failed") await turn();
    const badge = link.nextSibling;
    root.lastChild.append(link);
    await turn();
    equal([root.firstChild.childNodes.length, link.nextSibling === badge], [0, true]);
    link.setAttribute("aria-describedby", "since");
    cabs.stop();
    equal([link.getAttribute("aria-describedby"), root.querySelectorAll(".cablink-state").length], ["since", 0]);
"#
);

in_page!(
    two_of_different_scopes_do_not_fight_over_a_link,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a>`);
    const one = await begin({ getToken: nobody, handoff: "follow", worker: "/one/worker.js" });
    const two = await begin({ getToken: nobody, handoff: "follow", worker: "/two/worker.js" });
    one.enhance(root);
    two.enhance(root);
    const link = root.firstChild;
    let changes = 0;
    const watch = new MutationObserver((records) => { changes += records.length; });
    watch.observe(link, { attributes: true });
    cleanup.push(() => watch.disconnect());
    link.href = "/host";
    for (let round = 0; round < 5; round += 1) await turn();
    equal([link.href, changes < 5], [one.href("a"), true], `${changes} changes`);
    one.stop();
    await turn();
    equal(link.href, two.href("a"), "the other takes it over");
    two.stop();
    equal(link.getAttribute("href"), "/host");
"#
);
