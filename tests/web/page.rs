//! What the page answers the worker, and what it does not.

use crate::in_page;

/// Asks the page what a worker would ask, and gives the answers that came at once.
macro_rules! asking {
    ($script:literal) => {
        concat!(
            r#"
    const ask = (data) => {
      const { port2 } = new MessageChannel();
      const answers = [];
      port2.postMessage = (answer) => answers.push(answer);
      navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data, ports: [port2] }));
      return answers;
    };
    const question = (url, navigation = "n") => ({ cablink: 1, navigation, url, destination: "iframe", report: null });
    const guessed = "0123456789abcdef0123456789abcdef";
"#,
            $script
        )
    };
}

in_page!(
    nobody_hears_of_an_address_without_a_live_ticket,
    asking!(
        r#"
    const cabs = await begin({ getToken: nobody });
    const scope = `${location.origin}/src/`;
    for (const url of [
      cabs.href("a"), `${cabs.href("a")}&ticket=`, `${cabs.href("a")}&ticket=${guessed}`, `${cabs.href("a")}&ticket=${guessed}&ticket=${guessed}`,
      `${scope}frame`, `${scope}frame?ticket=${guessed}`, `${scope}frame?ticket=x`, `${scope}`, `${location.origin}/`, "https://elsewhere.example/",
      "about:blank", "", "::",
    ]) equal(ask(question(url)), [{ cablink: 1, not_mine: true }], url);
    const reports = [{ kind: "redirected" }, { kind: "answered", status: 200 }, { kind: "unreachable" }];
    for (const report of reports) {
      equal(ask({ ...question(`${cabs.href("a")}&ticket=${guessed}`), report }), [{ cablink: 1, not_mine: true }]);
    }
    equal(states, []);
"#
    )
);

in_page!(
    messages_of_the_host_are_not_answered,
    asking!(
        r#"
    await begin({ getToken: nobody });
    for (const data of [undefined, null, 7, "text", {}, [], { type: "host" }, { cablink: "1" }, { cablink: null }]) equal(ask(data), [], text(data));
"#
    )
);

in_page!(
    after_the_last_stop_nothing_is_answered,
    asking!(
        r#"
    const [one, two] = [await begin({ getToken: nobody }), await begin({ getToken: nobody })];
    const url = `${location.origin}/src/frame?ticket=${guessed}`;
    one.stop();
    equal(ask(question(url)).length, 1);
    two.stop();
    equal(ask(question(url)).length, 0);
"#
    )
);

in_page!(
    a_ticket_works_once,
    asking!(
        r#"
    let asked = 0;
    const cabs = await begin({ getToken: () => { asked += 1; return "token"; }, endpoint: "/no-such-folder/" });
    const seen = [];
    const watch = new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const { src } of addedNodes) if (src) seen.push(src);
    });
    watch.observe(document.body, { childList: true });
    cleanup.push(() => watch.disconnect());
    const promise = cabs.download("a");
    let again;
    const steal = ({ detail }) => {
      // The worker has served the frame and asked for the CAB: nobody else may have either now.
      if (detail.state !== "requesting") return;
      const ticket = new URL(seen[0]).searchParams.get("ticket");
      const others = [seen[0], `${cabs.href("a")}&ticket=${ticket}`, `${cabs.href("b")}&ticket=${ticket}`];
      again = Promise.resolve().then(() => others.map((url) => ask(question(url, "x"))));
    };
    document.addEventListener("cablink:state", steal);
    cleanup.push(() => document.removeEventListener("cablink:state", steal));
    equal((await rejection(promise)).code, "not_found");
    const no = [{ cablink: 1, not_mine: true }];
    equal(await again, [no, no, no], "while it is under way");
    equal(ask(question(seen[0])), no, "afterwards");
    equal([asked, seen.length], [1, 1]);
"#
    )
);
