//! Without a worker the page asks by itself. Redirects are the end-to-end tests' part.

use crate::in_page;

in_page!(
    the_endpoint_may_lack_its_slash,
    r#"
    for (const [endpoint, path] of [
      ["/with-slash/", "/with-slash/"], ["/without", "/without/"], ["relative/path", "/relative/path/"],
      [`${location.origin}/absolute`, "/absolute/"],
    ]) {
      const cabs = await begin({ getToken: () => "token", endpoint, handoff: "follow" });
      // The browser's own record: it also has what was answered with an error.
      const asked = new Promise((resolve) => new PerformanceObserver((list, observer) => {
        const names = list.getEntries().map(({ name }) => name).filter((name) => name.includes(path));
        if (names.length > 0) { observer.disconnect(); resolve(names); }
      }).observe({ type: "resource", buffered: true }));
      const error = await rejection(cabs.download({ cabIdHash: "a", method: "driver", applicationId: "9" }));
      equal([error.code, error.status], ["not_found", 404], endpoint);
      equal(await asked, [`${location.origin}${path}driver/cabdownload?cabIdHash=a&applicationId=9`]);
    }
    equal(states.map(([, state]) => state).slice(0, 3), ["authorizing", "requesting", "failed"]);
"#
);

in_page!(
    a_file_without_a_redirect_needs_the_worker,
    r#"
    const cabs = await begin({ getToken: () => "token", endpoint: "/tests/web/served/", handoff: "follow" });
    const error = await rejection(cabs.download("a"));
    equal([error.code, /worker/.test(error.message)], ["unexpected_response", true]);
    equal(document.querySelectorAll("iframe[title='CAB download']").length, 0);
"#
);

in_page!(
    where_nobody_answers_it_tries_again_and_then_says_so,
    r#"
    let asked = 0;
    // Port 9, "discard": browsers refuse to ask there, so nothing leaves the machine.
    const cabs = await begin({ getToken: () => { asked += 1; return "token"; }, endpoint: "http://127.0.0.1:9/", handoff: "follow" });
    const error = await rejection(cabs.download("a"));
    equal([error.code, error.status, error.retryable], ["network_error", undefined, true]);
    const names = states.map(([, state]) => state);
    equal([names.at(0), names.at(-1)], ["authorizing", "failed"]);
    equal(names.filter((name) => name === "requesting").length, 1 + names.filter((name) => name === "retrying").length);
    equal([names.includes("retrying"), asked], [true, 1], "with the same token");
"#
);

in_page!(
    an_abort_ends_the_request,
    r#"
    const cabs = await begin({ getToken: () => "token", handoff: "follow" });
    const controller = new AbortController();
    const abort = ({ detail }) => { if (detail.state === "requesting") controller.abort(); };
    document.addEventListener("cablink:state", abort);
    cleanup.push(() => document.removeEventListener("cablink:state", abort));
    equal((await rejection(cabs.download("a", { signal: controller.signal }))).code, "aborted");
    await turn();
    equal(states.map(([, state]) => state), ["authorizing", "requesting", "failed"]);
"#
);

in_page!(
    a_hosts_own_fetch_that_throws_is_a_problem_at_once,
    r#"
    const { fetch } = window;
    cleanup.push(() => (window.fetch = fetch));
    const cabs = await begin({ getToken: () => "token", handoff: "follow", deadlineMs: 15000 });
    window.fetch = () => { throw new TypeError("Not today."); };
    equal((await rejection(cabs.download("a"))).code, "network_error");
"#
);
