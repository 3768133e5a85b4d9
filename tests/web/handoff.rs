//! Downloads as far as they go without a service: how they begin, join, and end.

use crate::in_page;

in_page!(
    a_second_download_of_a_cab_under_way_is_the_same_promise,
    r#"
    const cabs = await begin({ getToken: () => new Promise(() => {}) });
    const [one, two] = [cabs.download("a"), cabs.download("a")];
    equal([one === two, one === cabs.download({ cabIdHash: "a", method: "hardware" })], [true, false]);
    cabs.stop();
    equal((await rejection(one)).code, "aborted");
"#
);

in_page!(
    after_it_has_ended_a_download_begins_anew,
    r#"
    let asked = 0;
    const cabs = await begin({ getToken: () => { asked += 1; throw 0; } });
    const first = cabs.download("a");
    await rejection(first);
    equal(first === cabs.download("a"), false);
    equal(asked, 2);
"#
);

in_page!(
    a_signal_ends_it_before_and_on_the_way,
    r#"
    let asked = 0;
    const cabs = await begin({ getToken: () => { asked += 1; return new Promise(() => {}); } });
    equal((await rejection(cabs.download("a", { signal: AbortSignal.abort() }))).code, "aborted");
    equal(asked, 0);
    const controller = new AbortController();
    const promise = cabs.download("a", { signal: controller.signal });
    equal(asked, 1, "getToken is called within the call");
    controller.abort();
    equal((await rejection(promise)).code, "aborted");
    equal(document.querySelectorAll("iframe[title='CAB download']").length, 0);
"#
);

in_page!(
    four_run_at_once_and_the_others_wait_their_turn,
    r#"
    const waiting = [];
    const cabs = await begin({ getToken: () => new Promise((_, reject) => waiting.push(reject)) });
    const all = ["a", "b", "c", "d", "e", "f"].map((id) => rejection(cabs.download(id)));
    equal(waiting.length, 4);
    waiting[0](0);
    await all[0];
    equal(waiting.length, 5);
    for (const reject of waiting) reject(0);
    await all[4];
    equal(waiting.length, 6);
    cabs.stop();
    equal((await Promise.all(all)).map(({ code }) => code).sort().at(0), "aborted");
"#
);

in_page!(
    an_endpoint_that_is_not_there_is_told_by_its_status,
    r#"
    const cabs = await begin({ getToken: () => "token", endpoint: "/no-such-folder/" });
    const error = await rejection(cabs.download("c1a5"));
    equal([error.code, error.status], ["not_found", 404]);
    equal(states.map(([, state]) => state), ["authorizing", "requesting", "failed"]);
    equal(document.querySelectorAll("iframe[title='CAB download']").length, 0);
"#
);

in_page!(
    a_handler_may_stop_everything_in_the_middle,
    r#"
    const cabs = await begin({ getToken: () => "token" });
    const stop = ({ detail }) => { if (detail.state === "requesting") cabs.stop(); };
    document.addEventListener("cablink:state", stop);
    cleanup.push(() => document.removeEventListener("cablink:state", stop));
    equal((await rejection(cabs.download("a"))).code, "aborted");
    equal((await rejection(cabs.download("a"))).code, "aborted");
"#
);
