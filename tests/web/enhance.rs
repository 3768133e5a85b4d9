//! Links while they are enhanced, and after.

use crate::in_page;

in_page!(
    links_are_adopted_and_put_back_attribute_for_attribute,
    r#"
    const api = "https://manage.devcenter.microsoft.com/v1.0/my/analytics/ihvdriver/cabdownload?cabIdHash=";
    const html = `<a href="${api}a" download="x.cab">A</a> <a href="/nowhere/hardware/cabdownload?cabIdHash=b" referrerpolicy="origin"
      aria-describedby="other">B</a> <a data-cab-id-hash=" c ">C</a> <a href="https://elsewhere.example/ihvdriver/cabdownload?cabIdHash=d"
      download>D</a> <a href="/page">E</a> <a>F</a>`;
    const root = show(html);
    const before = root.innerHTML;
    const others = [...root.children].slice(3).map(({ outerHTML }) => outerHTML);
    const cabs = await begin({ getToken: nobody });
    cabs.enhance(root);
    cabs.enhance(root);
    const scope = `${location.origin}/src/`;
    const links = [...root.children];
    equal(links.slice(0, 3).map((link) => [link.getAttribute("href"), link.getAttribute("download"), link.getAttribute("referrerpolicy")]), [
      [`${scope}ihvdriver/cabdownload?cabIdHash=a`, null, "no-referrer"],
      [`${scope}hardware/cabdownload?cabIdHash=b`, null, "no-referrer"],
      [`${scope}ihvdriver/cabdownload?cabIdHash=c`, null, "no-referrer"],
    ]);
    equal([...root.children].slice(3).map(({ outerHTML }) => outerHTML), others);
    cabs.stop();
    const attributes = (html) => { const box = document.createElement("div"); box.innerHTML = html;
      return [...box.children].map((each) => [...each.attributes].map(({ name, value }) => `${name}=${value}`).sort()); };
    equal(attributes(root.innerHTML), attributes(before));
    equal(document.querySelectorAll(".cablink-announcer, .cablink-state").length, 0);
"#
);

in_page!(
    a_plain_click_is_taken_and_told_on_the_link,
    r#"
    const root = show(`<a data-cab-id-hash="a" aria-describedby="other">The CAB</a>`);
    const cabs = await begin({ getToken: () => { throw 0; } });
    cabs.enhance(root);
    const link = root.firstChild;
    let prevented;
    root.addEventListener("click", (event) => (prevented = event.defaultPrevented));
    const failed = new Promise((resolve) => root.addEventListener("cablink:state", ({ detail, target }) =>
      detail.state === "failed" && resolve([target === link, detail.error.code])));
    link.click();
    equal(prevented, true);
    equal(await failed, [true, "token_unavailable"]);
    const badge = link.nextElementSibling;
    equal([link.dataset.cabState, badge.className, badge.dataset.cabState], ["failed", "cablink-state", "failed"]);
    equal(link.getAttribute("aria-describedby"), `other ${badge.id}`);
    equal(document.querySelector(".cablink-announcer[role=status]").textContent, `The CAB: ${badge.textContent}`);
    cabs.stop();
    equal(root.innerHTML, `<a data-cab-id-hash="a" aria-describedby="other">The CAB</a>`);
"#
);

in_page!(
    modified_clicks_and_handled_ones_are_left,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a> <a data-cab-id-hash="b" target="_blank">B</a>`);
    const cabs = await begin({ getToken: nobody });
    cabs.enhance(root);
    const seen = [];
    // After ours, and before the browser opens anything.
    root.addEventListener("click", (event) => { seen.push(event.defaultPrevented); event.preventDefault(); });
    for (const init of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }]) {
      root.firstChild.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
    }
    root.children[1].click();
    root.firstChild.addEventListener("click", (event) => event.preventDefault(), { once: true });
    root.firstChild.click();
    equal(seen, [false, false, false, false, false, false, true]);
    equal(states, []);
"#
);

in_page!(
    scripts_own_events_make_no_ticket,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a>`);
    const cabs = await begin({ getToken: nobody });
    cabs.enhance(root);
    for (const type of ["pointerdown", "contextmenu", "auxclick"]) {
      root.firstChild.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
    }
    equal(root.firstChild.href, cabs.href("a"));
"#
);

in_page!(
    links_come_go_and_change,
    r#"
    const root = show("");
    const cabs = await begin({ getToken: nobody });
    cabs.enhance(root);
    const section = document.createElement("section");
    section.innerHTML = `<p><a data-cab-id-hash="a">A</a></p>`;
    root.append(section);
    await turn();
    const link = section.querySelector("a");
    equal(link.href, cabs.href("a"));
    link.dataset.cabIdHash = "b";
    await turn();
    equal(link.href, cabs.href("b"));
    link.setAttribute("download", "");
    await turn();
    equal(link.hasAttribute("download"), false);
    link.setAttribute("href", "/page");
    link.removeAttribute("data-cab-id-hash");
    await turn();
    equal([link.getAttribute("href"), link.getAttribute("referrerpolicy"), link.hasAttribute("download")], ["/page", null, true]);
    link.dataset.cabIdHash = "c";
    await turn();
    const moved = show("");
    root.prepend(link);
    await turn();
    equal(link.href, cabs.href("c"), "moved below the root");
    moved.append(link);
    await turn();
    link.remove();
    await turn();
    equal([link.getAttribute("href"), link.hasAttribute("download")], ["/page", true], "left the page");
"#
);

in_page!(
    a_bad_id_fails_visibly_on_its_link,
    r#"
    const root = show(`<a data-cab-id-hash="../x">A</a>`);
    const cabs = await begin({ getToken: nobody });
    cabs.enhance(root);
    root.firstChild.click();
    equal(states, [["", "failed", "invalid_cab_id"]]);
    equal(root.firstChild.dataset.cabState, "failed");
"#
);

in_page!(
    links_in_a_shadow_root_may_be_enhanced,
    r#"
    const host = show("<div></div>").firstChild;
    const shadow = host.attachShadow({ mode: "open" });
    shadow.innerHTML = `<a data-cab-id-hash="a">A</a>`;
    const cabs = await begin({ getToken: () => { throw 0; } });
    cabs.enhance(shadow);
    shadow.firstChild.click();
    while (states.length < 2) await turn();
    equal(states.at(-1), ["a", "failed", "token_unavailable"], "heard outside, by composition");
"#
);

in_page!(
    clicks_before_the_worker_wait_for_it,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a>`);
    const starting = begin({ getToken: () => "token", enhance: root, endpoint: "/no-such-folder/" });
    root.firstChild.click();
    equal(states, [["a", "authorizing", undefined]]);
    await starting;
    while (states.length < 3) await turn();
    equal(states.at(-1), ["a", "failed", "not_found"]);
"#
);

in_page!(
    a_handler_of_the_hosts_may_prevent_it_first,
    r#"
    const root = show(`<p><a data-cab-id-hash="a">A</a></p>`);
    const cabs = await begin({ getToken: () => { throw 0; }, handoff: "follow" });
    cabs.enhance(root);
    const [link, last] = [root.querySelector("a"), (event) => event.preventDefault()];
    for (const [target, capture] of [[link, false], [link, true], [root.firstChild, false], [document, true]]) {
      target.addEventListener("click", last, { capture, once: true });
      link.click();
    }
    equal(states, []);
    link.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { once: true });
    link.click();
    equal(states, [], "stopped on its way");
    link.click();
    equal(states, [["a", "authorizing", undefined]], "and taken when nobody did");
"#
);

in_page!(
    only_a_target_of_its_own_page_is_taken,
    r#"
    const root = show(["", "_self", "_SELF", "_blank", "_top", "_parent", "files"].map((target) => `<a data-cab-id-hash="a" target="${target}">A</a>`).join(""));
    const cabs = await begin({ getToken: () => new Promise(() => {}), handoff: "follow" });
    cabs.enhance(root);
    const taken = [];
    root.addEventListener("click", (event) => { taken.push(event.defaultPrevented); event.preventDefault(); });
    for (const link of root.children) if (link.tagName === "A") link.click();
    equal(taken, [true, true, true, false, false, false, false]);
"#
);

in_page!(
    many_links_come_and_go_without_a_trace,
    r#"
    const root = show("");
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    cabs.enhance(root);
    const html = Array.from({ length: 300 }, (_, index) => `<p><a data-cab-id-hash="c${index}" download>C</a></p>`).join("");
    for (let round = 0; round < 3; round += 1) {
      root.innerHTML = html;
      await turn();
      equal([...root.querySelectorAll("a")].every((link, index) => link.href === cabs.href(`c${index}`) && !link.hasAttribute("download")), true);
      const kept = [...root.querySelectorAll("a")];
      root.replaceChildren();
      await turn();
      equal(kept.every((link) => link.hasAttribute("download") && !link.hasAttribute("href")), true);
    }
    const link = document.createElement("a");
    link.dataset.cabIdHash = "x";
    root.append(link);
    link.remove();
    await turn();
    equal(link.outerHTML, `<a data-cab-id-hash="x"></a>`, "there and gone within one task");
"#
);

in_page!(
    a_click_that_is_stopped_on_its_way_is_taken_all_the_same,
    r#"
    const ways = [(event) => event.stopPropagation(), (event) => event.stopImmediatePropagation()];
    for (const stop of ways) {
      for (const capture of [false, true]) {
        const root = show(`<p><a data-cab-id-hash="a">A</a></p>`);
        let asked = 0;
        const cabs = await begin({ getToken: () => { asked += 1; return new Promise(() => {}); }, handoff: "follow" });
        cabs.enhance(root);
        const prevented = [];
        root.firstChild.addEventListener("click", (event) => { stop(event); prevented.push(event.defaultPrevented); }, capture);
        root.querySelector("a").click();
        equal([asked, prevented], [1, [true]], String(stop) + capture);
        cabs.stop();
      }
    }
"#
);

in_page!(
    one_that_is_prevented_and_then_stopped_is_the_hosts,
    r#"
    const root = show(`<p><a data-cab-id-hash="a">A</a></p>`);
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    cabs.enhance(root);
    root.firstChild.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); });
    root.querySelector("a").click();
    // A modified one is the browser's; the test keeps it from opening a tab.
    addEventListener("click", (event) => event.preventDefault(), { once: true });
    root.querySelector("a").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
    await turn();
    equal(states, []);
"#
);

in_page!(
    a_hosts_function_may_click_within_a_click,
    r#"
    const root = show(`<a data-cab-id-hash="a">A</a> <a data-cab-id-hash="b">B</a>`);
    const asked = [];
    const cabs = await begin({ getToken: () => {
      asked.push(asked.length);
      if (asked.length === 1) root.lastChild.click();
      return new Promise(() => {});
    }, handoff: "follow" });
    cabs.enhance(root);
    root.firstChild.click();
    equal([asked.length, states.map(([id]) => id)], [2, ["a", "b"]]);
"#
);

in_page!(
    a_root_need_not_be_on_the_page_yet,
    r#"
    const root = document.createElement("section");
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    cabs.enhance(root);
    root.innerHTML = `<a data-cab-id-hash="a">A</a>`;
    await turn();
    const link = root.firstChild;
    equal(link.href, cabs.href("a"));
    document.body.append(root);
    cleanup.push(() => root.remove());
    await turn();
    equal(link.href, cabs.href("a"));
    link.remove();
    link.href = "/since";
    await turn();
    equal([link.getAttribute("href"), link.hasAttribute("referrerpolicy")], ["/since", false], "left and changed in one task");
"#
);

in_page!(
    a_click_within_a_click_takes_neither_the_others_stop_nor_its_download,
    r#"
    const root = show(`<p><a data-cab-id-hash="a">A</a> <a data-cab-id-hash="b">B</a></p>`);
    const cabs = await begin({ getToken: () => { throw 0; } });
    cabs.enhance(root);
    const [one, two] = root.querySelectorAll("a");
    const heard = [];
    one.addEventListener("click", (event) => {
      two.click();
      event.stopPropagation();
    });
    root.firstChild.addEventListener("click", ({ target }) => heard.push(target.textContent));
    one.click();
    equal(heard, ["B"], "the host's handler further up");
    while (states.length < 4) await turn();
    equal(states.filter(([, state]) => state === "failed").map(([id]) => id).sort(), ["a", "b"]);
    equal(states.length, 4);
"#
);
