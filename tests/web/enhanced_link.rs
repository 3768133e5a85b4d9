//! Which links are ours, and what they are afterwards.

use crate::in_page;

in_page!(
    ours_are_known_by_their_data_or_their_address,
    r#"
    const id = "012345-5dbc9-b12f-c124-9d9810f05d8b";
    const cabs = await begin({ getToken: nobody, endpoint: "/devcenter", handoff: "follow" });
    const scope = `${location.origin}/src/`;
    for (const [link, address] of [
      [`href="https://manage.devcenter.microsoft.com/v1.0/my/analytics/ihvdriver/cabdownload?cabIdHash=${id}"`, `ihvdriver/cabdownload?cabIdHash=${id}`],
      [`href="HTTPS://MANAGE.devcenter.microsoft.com:443/v1.0/my/analytics/hardware/cabdownload?cabIdHash=a#x"`, `hardware/cabdownload?cabIdHash=a`],
      [`href="/devcenter/ihvdriver/cabdownload?cabIdHash=a"`, `ihvdriver/cabdownload?cabIdHash=a`],
      [`href="devcenter/../devcenter/ihvdriver/cabdownload?top=1&cabIdHash=a"`, `ihvdriver/cabdownload?cabIdHash=a`],
      [`href="${location.origin}/devcenter/driver/cabdownload?applicationId=9&cabIdHash=a"`, `driver/cabdownload?cabIdHash=a&applicationId=9`],
      [`href="${scope}ihvdriver/cabdownload?cabIdHash=a"`, `ihvdriver/cabdownload?cabIdHash=a`],
      [`data-cab-id-hash="a"`, `ihvdriver/cabdownload?cabIdHash=a`],
      [`data-cab-id-hash="a" href="https://elsewhere.example/"`, `ihvdriver/cabdownload?cabIdHash=a`],
      [`data-cab-id-hash="\n a\t" data-cab-method=" hardware "`, `hardware/cabdownload?cabIdHash=a`],
      [`data-cab-id-hash="a" data-cab-method="driver" data-application-id=" 18430592857500421 "`, `driver/cabdownload?cabIdHash=a&applicationId=18430592857500421`],
    ]) {
      const root = show(`<a ${link} download>CAB</a>`);
      cabs.enhance(root);
      const { firstChild } = root;
      equal([firstChild.getAttribute("href"), firstChild.hasAttribute("download"), firstChild.getAttribute("referrerpolicy")],
        [scope + address, false, "no-referrer"], link);
    }
"#
);

in_page!(
    every_other_link_is_left_alone,
    r#"
    const query = "cabdownload?cabIdHash=a";
    const root = show([
      `<a>none</a>`, `<a href="">empty</a>`, `<a href='#cabdownload'>here</a>`, `<a href="mailto:cabdownload@a.example">mail</a>`,
      `<a href="javascript:void 'cabdownload'">script</a>`, `<a href="http://[/${query}">broken</a>`,
      `<a href="https://elsewhere.example/v1.0/my/analytics/ihvdriver/${query}" download>other origin</a>`,
      `<a href="http://manage.devcenter.microsoft.com/v1.0/my/analytics/ihvdriver/${query}">plain http</a>`,
      `<a href="https://manage.devcenter.microsoft.com.evil.example/v1.0/my/analytics/ihvdriver/${query}">longer host</a>`,
      `<a href="https://manage.devcenter.microsoft.com/v2.0/my/analytics/ihvdriver/${query}">other version</a>`,
      `<a href="/devcenter/ihvdriver/failuredetails?failureHash=cabdownload">a list</a>`,
      `<a href="/devcenter/other/${query}" ping="/x">other method</a>`, `<a href="/devcenter/ihvdriver/${query.replace("?", "/x?")}">longer path</a>`,
      `<a href="/ihvdriver/${query}">no base</a>`, `<a href="/devcenter?ihvdriver/${query}">in the query</a>`,
      `<map><area data-cab-id-hash="a" href="/devcenter/ihvdriver/${query}"></map>`, `<button data-cab-id-hash="a">button</button>`,
      `<svg><a data-cab-id-hash="a" href="/devcenter/ihvdriver/${query}"><text>drawn</text></a></svg>`,
      `<link data-cab-id-hash="a">`, `<span data-cab-id-hash="a">span</span>`,
    ].join("\n"));
    const before = root.innerHTML;
    const cabs = await begin({ getToken: nobody, endpoint: "/devcenter/", handoff: "follow" });
    cabs.enhance(root);
    equal(root.innerHTML, before);
    const taken = [];
    const last = (event) => { taken.push(event.defaultPrevented); event.preventDefault(); };
    addEventListener("click", last);
    cleanup.push(() => removeEventListener("click", last));
    const all = root.querySelectorAll("a, area, button, span");
    for (const each of all) each.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    equal([taken.length, taken.some(Boolean), states], [all.length, false, []]);
    root.append(" ");
    await turn();
    equal(root.innerHTML, `${before} `);
"#
);

in_page!(
    a_bad_one_keeps_its_address_and_fails_on_a_click,
    r#"
    const bad = ["", " ", "x".repeat(129), "../x", "a b", "a&b=c", "\ud800", "\u00e4"];
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    for (const id of bad) {
      const root = show("<a href='/devcenter/x'>CAB</a>");
      root.firstChild.dataset.cabIdHash = id;
      cabs.enhance(root);
      states.length = 0;
      root.firstChild.click();
      equal(states, [["", "failed", "invalid_cab_id"]], id);
      equal([root.firstChild.getAttribute("href"), root.firstChild.dataset.cabState], ["/devcenter/x", "failed"], id);
    }
    for (const [attributes, field] of [
      [`data-cab-id-hash="a" data-cab-method="Driver"`, "method"], [`data-cab-id-hash="a" data-cab-method="driver"`, "applicationId"],
      [`href="/src/ihvdriver/cabdownload?cabIdHash="`, "cabIdHash"], [`href="/src/ihvdriver/cabdownload"`, "cabIdHash"],
      [`href="/src/ihvdriver/cabdownload?cabIdHash=a&cabIdHash=b"`, "cabIdHash"], [`href="/src/ihvdriver/cabdownload?cabIdHash=%61"`, "cabIdHash"],
    ]) {
      const root = show(`<a ${attributes}>CAB</a>`);
      cabs.enhance(root);
      const told = new Promise((resolve) => root.addEventListener("cablink:state", ({ detail }) => resolve(detail.error)));
      root.firstChild.click();
      const { code, field: named } = await told;
      equal([code, named], ["invalid_cab_id", field], attributes);
    }
"#
);

in_page!(
    what_the_host_has_set_since_stays,
    r#"
    const root = show(`<a data-cab-id-hash="a" href="/before" referrerpolicy="origin">A</a> <a data-cab-id-hash="b" download="b.cab">B</a>`);
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    cabs.enhance(root);
    const [a, b] = root.children;
    a.setAttribute("referrerpolicy", "same-origin");
    b.setAttribute("href", "/since");
    await turn();
    equal([a.href, b.href], [cabs.href("a"), cabs.href("b")], "still ours");
    cabs.stop();
    equal([a.getAttribute("href"), a.getAttribute("referrerpolicy")], ["/before", "same-origin"]);
    equal([b.getAttribute("href"), b.getAttribute("download"), b.getAttribute("referrerpolicy")], ["/since", "b.cab", null]);
"#
);

in_page!(
    a_link_that_leaves_is_put_back_and_may_return,
    r#"
    const root = show(`<p><a data-cab-id-hash="a" download="x" aria-describedby="y">A</a></p>`);
    const cabs = await begin({ getToken: () => { throw 0; } });
    cabs.enhance(root);
    const link = root.querySelector("a");
    const attributes = (element) => [...element.attributes].map(({ name, value }) => `${name}=${value}`).sort();
    const before = ["aria-describedby=y", "data-cab-id-hash=a", "download=x"];
    for (let round = 0; round < 3; round += 1) {
      states.length = 0;
      link.click();
      while (states.length < 2) await turn();
      equal(link.nextSibling.className, "cablink-state");
      const parent = link.parentNode;
      link.remove();
      await turn();
      equal([attributes(link), parent.innerHTML], [before, ""]);
      parent.append(link);
      await turn();
      equal(link.href, cabs.href("a"));
    }
    const parent = link.parentNode;
    const away = show("");
    away.append(link);
    await turn();
    equal([attributes(link), parent.childNodes.length, away.childNodes.length], [before, 0, 1], "moved out of the root");
    root.remove();
    await turn();
    document.body.append(root);
    root.firstChild.append(link);
    await turn();
    equal(link.href, cabs.href("a"), "the root itself was away");
"#
);

in_page!(
    two_of_one_scope_share_a_link_and_leave_it_in_any_order,
    r#"
    for (const order of [[0, 1], [1, 0]]) {
      const html = `<a href="/devcenter/ihvdriver/cabdownload?cabIdHash=a" download="x">A</a>`;
      const root = show(html);
      const asked = [0, 0];
      const both = [];
      for (const index of [0, 1]) {
        const getToken = () => { asked[index] += 1; return new Promise(() => {}); };
        both.push(await begin({ getToken, endpoint: "/devcenter/", handoff: "follow" }));
        both[index].enhance(root);
      }
      const link = root.firstChild;
      equal(link.href, both[0].href("a"));
      link.click();
      equal(asked, [1, 0], "taken once");
      for (const index of order) {
        both[index].stop();
        await turn();
        if (index === order[0]) equal(link.href, both[0].href("a"), "the other one is left");
      }
      equal([...link.attributes].map(({ name, value }) => `${name}=${value}`).sort(),
        ["download=x", "href=/devcenter/ihvdriver/cabdownload?cabIdHash=a"], order);
      equal(root.childNodes.length, 1);
    }
"#
);
