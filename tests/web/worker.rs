//! The worker as the page registers it, and what it makes of navigations nobody owns.

use crate::in_page;

in_page!(
    a_worker_that_cannot_be_had_is_named,
    r#"
    for (const worker of ["/src/no-such-worker.js", "/Cargo.toml"]) {
      const error = await rejection(start({ getToken: nobody, worker, handoff: "worker" }));
      equal(error.code, "worker_unavailable", worker);
    }
"#
);

in_page!(
    without_a_worker_auto_goes_on_by_following,
    r#"
    const cabs = await start({ getToken: () => "token", worker: "/src/no-such-worker.js", endpoint: "/no-such-folder/" });
    cleanup.push(() => cabs.stop());
    const error = await rejection(cabs.download("a"));
    equal([error.code, error.status], ["not_found", 404]);
"#
);

in_page!(
    an_address_without_a_live_ticket_reaches_nobody,
    r#"
    const cabs = await begin({ getToken: nobody });
    const guessed = "0123456789abcdef0123456789abcdef";
    for (const address of [cabs.href("a"), `${cabs.href("a")}&ticket=${guessed}`, `/src/frame?ticket=${guessed}`]) {
      const frame = document.createElement("iframe");
      frame.src = address;
      document.body.append(frame);
      cleanup.push(() => frame.remove());
      // Until it is there, or refused: Firefox fires no `load` for what the page's COEP refuses.
      while (frame.contentDocument?.URL === "about:blank") await turn();
      equal(frame.contentDocument?.body?.textContent ?? "", "", address);
    }
"#
);

in_page!(
    messages_of_others_are_left_alone,
    r#"
    await begin({ getToken: nobody });
    const container = navigator.serviceWorker;
    for (const data of [null, 7, "text", {}, { cablink: "1" }, { cablink: 2 }, { cablink: 1 }, { cablink: 1, navigation: "n" },
      { cablink: 1, navigation: "n", url: "::", destination: "document", report: 7 }]) {
      const { port1, port2 } = new MessageChannel();
      const answered = new Promise((resolve) => (port1.onmessage = (event) => resolve(event.data)));
      container.dispatchEvent(new MessageEvent("message", { data, ports: [port2] }));
      if (typeof data?.cablink === "number") equal(await answered, { cablink: 1, not_mine: true }, text(data));
      container.dispatchEvent(new MessageEvent("message", { data }));
    }
"#
);

in_page!(
    the_real_one_carries_an_answer_to_the_page,
    r#"
    let asked = 0;
    const cabs = await begin({ getToken: () => { asked += 1; return "token"; }, endpoint: "/no-such-folder/", handoff: "worker" });
    const registration = await navigator.serviceWorker.getRegistration("/src/");
    equal([registration.scope, registration.active.scriptURL, registration.active.state, registration.updateViaCache],
      [`${location.origin}/src/`, `${location.origin}/src/worker.js`, "activated", "none"]);
    const before = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/no-such-folder/")).length;
    const error = await rejection(cabs.download("c1a5"));
    equal([error.code, error.status, asked], ["not_found", 404, 1]);
    equal(states, [["c1a5", "authorizing", undefined], ["c1a5", "requesting", undefined], ["c1a5", "failed", "not_found"]]);
    // The worker asked the endpoint, not the page.
    equal(performance.getEntriesByType("resource").filter(({ name }) => name.includes("/no-such-folder/")).length, before);
"#
);

in_page!(
    one_that_cannot_do_its_work_is_named,
    r#"
    for (const [script, words] of [["throws", /no script that runs/], ["cannot-install", /could not start/], ["other-version", /different versions/]]) {
      const error = await rejection(start({ getToken: nobody, worker: `/tests/web/served/${script}.js`, handoff: "worker" }));
      equal([error.code, words.test(error.message)], ["worker_unavailable", true], `${script}: ${error.message}`);
      const cabs = await start({ getToken: nobody, worker: `/tests/web/served/${script}.js` });
      cabs.stop();
    }
    const left = await navigator.serviceWorker.getRegistrations();
    for (const one of left.filter(({ scope }) => scope.endsWith("/served/"))) await one.unregister();
"#
);

in_page!(
    without_one_following_needs_none,
    r#"
    const cabs = await start({ getToken: () => "token", worker: "/nowhere/worker.js", endpoint: "/no-such-folder/", handoff: "follow" });
    cleanup.push(() => cabs.stop());
    equal((await rejection(cabs.download("a"))).code, "not_found");
    equal((await navigator.serviceWorker.getRegistrations()).some(({ scope }) => scope.endsWith("/nowhere/")), false);
"#
);
