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
