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
    for (const signal of [{ addEventListener() {} }, { removeEventListener() {} }, "signal"]) {
      equal((await rejection(cabs.download("a", { signal }))).field, "signal");
    }
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

in_page!(
    odd_but_good_ids_and_every_method_are_asked_for,
    r#"
    let asked = 0;
    const cabs = await begin({ getToken: () => { asked += 1; return "token"; }, handoff: "follow" });
    const good = ["012345-5dbc9-b12f-c124-9d9810f05d8b", "A.b_c-1", "7", "x".repeat(128), { cabIdHash: "h", method: "hardware", applicationId: "of no use" },
      { cabIdHash: "i", method: undefined, applicationId: null }, { cabIdHash: "d", method: "driver", applicationId: "18430592857500421" }];
    for (const cab of good) equal((await rejection(cabs.download(cab))).code, "not_found", text(cab));
    equal(asked, good.length);
"#
);

in_page!(
    what_is_nearly_an_id_is_none,
    r#"
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    for (const [cab, field] of [
      ["\u00a0", "cabIdHash"], ["a/b", "cabIdHash"], ["a%2fb", "cabIdHash"], ["a\n", "cabIdHash"], ["\n", "cabIdHash"], ["a\0", "cabIdHash"], [" a ", "cabIdHash"],
      ["-a", "cabIdHash"], [".", "cabIdHash"], ["x".repeat(129), "cabIdHash"], ["\ufffd", "cabIdHash"], ["\u{1f980}", "cabIdHash"], ["\uff11", "cabIdHash"], [7n, "cabIdHash"],
      [new String("a"), "cabIdHash"], [{ id: "a" }, "cabIdHash"], [{ cabIdHash: "\ud800" }, "cabIdHash"], [{ cabIdHash: { toString: () => "a" } }, "cabIdHash"],
      [{ get cabIdHash() { throw new Error("no"); } }, "cabIdHash"], [{ cabIdHash: "a", method: "" }, "method"], [{ cabIdHash: "a", method: "../ihvdriver" }, "method"],
      [{ cabIdHash: "a", method: 7 }, "method"], [{ cabIdHash: "a", method: "driver", applicationId: "a&b" }, "applicationId"],
    ]) {
      const error = await rejection(cabs.download(cab));
      equal([error.code, error.field], ["invalid_cab_id", field], String(error.message));
    }
    equal(states, []);
"#
);

in_page!(
    a_late_token_is_not_used,
    r#"
    const late = [];
    const cabs = await begin({ getToken: () => new Promise((resolve) => late.push(resolve)), handoff: "follow" });
    const controller = new AbortController();
    const promise = cabs.download("a", controller);
    controller.abort();
    equal((await rejection(promise)).code, "aborted");
    late[0]("token");
    await turn();
    equal(states, [["a", "authorizing", undefined], ["a", "failed", "aborted"]]);
    const again = cabs.download("a", controller.signal);
    equal([again === promise, late.length], [false, 2]);
    late[1]("token");
    equal((await rejection(again)).code, "not_found");
    controller.abort();
    await turn();
    equal(states.at(-1), ["a", "failed", "not_found"], "after its end");
"#
);

in_page!(
    what_waits_in_the_queue_can_be_aborted,
    r#"
    const waiting = [];
    const cabs = await begin({ getToken: () => new Promise((_, reject) => waiting.push(reject)), handoff: "follow" });
    const running = ["a", "b", "c", "d"].map((id) => rejection(cabs.download(id)));
    const controller = new AbortController();
    const promise = cabs.download("e", controller);
    controller.abort();
    equal((await rejection(promise)).code, "aborted");
    for (const reject of waiting) reject(0);
    for (const each of running) equal((await each).code, "token_unavailable");
    equal(waiting.length, 4, "the fifth was never asked for");
"#
);

in_page!(
    stop_asks_for_no_token_on_behalf_of_what_waits,
    r#"
    let asked = 0;
    const cabs = await begin({ getToken: () => { asked += 1; return new Promise(() => {}); }, handoff: "follow" });
    const all = ["a", "b", "c", "d", "e", "f"].map((id) => rejection(cabs.download(id)));
    cabs.stop();
    for (const each of all) equal((await each).code, "aborted");
    await turn();
    equal(asked, 4, "those that had a place");
    const controller = new AbortController();
    const again = await begin({ getToken: () => { asked += 1; return new Promise(() => {}); }, handoff: "follow" });
    const more = ["a", "b", "c", "d", "e", "f"].map((id) => rejection(again.download(id, { signal: controller.signal })));
    controller.abort();
    for (const each of more) equal((await each).code, "aborted");
    await turn();
    equal(asked, 8, "one signal for all");
"#
);

in_page!(
    a_signal_that_is_none_is_refused,
    r#"
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    for (const signal of ["x", 7, {}, true, new AbortController()]) {
      const error = await rejection(cabs.download("a", { signal }));
      equal([error.code, error.field], ["invalid_options", "signal"], String(signal));
    }
    equal(states, []);
    const frame = document.createElement("iframe");
    document.body.append(frame);
    cleanup.push(() => frame.remove());
    const controller = new frame.contentWindow.AbortController();
    controller.abort();
    equal((await rejection(cabs.download("a", { signal: controller.signal }))).code, "aborted", "of another window");
"#
);
