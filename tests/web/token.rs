//! Whatever a host's `getToken` does, the download settles and says why.

use crate::in_page;

in_page!(
    it_is_asked_with_what_the_contract_says,
    r#"
    const wanted = [];
    const cabs = await begin({ scopes: ["one", "two"], getToken: (want) => { wanted.push(want); throw 0; } });
    await rejection(cabs.download("a"));
    equal(wanted, [{ forceRefresh: false, scopes: ["one", "two"] }]);
"#
);

in_page!(
    it_is_not_called_without_a_click_whatever_properties_it_has,
    r##"
    let calls = 0;
    const called = () => (calls += 1, "token");
    const any = new Proxy(called, { get: () => called });
    const root = show('<a href="#" data-cab-id-hash="a">A CAB</a>');
    const link = root.firstChild;
    await begin({ getToken: any, enhance: root });
    for (const type of ["pointerover", "focusin", "pointerover"]) link.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
    equal(calls, 0);
"##
);

in_page!(
    odd_answers_are_token_unavailable,
    r#"
    let answer;
    const cabs = await begin({ getToken: () => answer() });
    for (const odd of [
      () => undefined, () => null, () => "", () => " ", () => 7, () => ({ accessToken: "a" }), () => "a\nb", () => "a b",
      () => "é", () => "x".repeat(100000), () => { throw new Error("no"); }, () => { throw undefined; }, () => Promise.reject(null),
      () => Promise.reject("text"), () => Promise.reject(new Error("token eyJ")), () => Promise.resolve(Promise.reject(7)),
      () => ({ then() { throw new Error("thenable"); } }),
    ]) {
      answer = odd;
      const error = await rejection(cabs.download("a"));
      equal(error.code, "token_unavailable", String(odd));
      equal(/eyJ|thenable|text/.test(error.message + error.nextStep), false, error.message);
    }
    equal(states.at(-1), ["a", "failed", "token_unavailable"]);
"#
);

in_page!(
    a_promise_may_have_a_then_of_its_own,
    r#"
    let then;
    const getToken = () => Object.assign(Promise.resolve("token"), { then });
    const cabs = await begin({ getToken, deadlineMs: 2000 });
    const outcomes = {
      // The request is made, and there is no such folder.
      not_found: (good) => { good("token"); },
      token_unavailable: (good, bad) => { bad(new Error("no")); },
    };
    for (const [code, at_once] of Object.entries(outcomes)) {
      then = at_once;
      equal((await rejection(cabs.download("a"))).code, code);
    }
    for (const odd of [() => { throw new Error("thenable"); }, 7]) {
      then = odd;
      equal((await rejection(cabs.download("a"))).code, "token_unavailable");
    }
"#
);

in_page!(
    an_answer_that_never_comes_is_a_timeout,
    r#"
    const cabs = await begin({ deadlineMs: 50, getToken: () => new Promise(() => {}) });
    const error = await rejection(cabs.download("a"));
    equal([error.code, error.retryable], ["timeout", true]);
"#
);

in_page!(
    an_error_of_ours_keeps_its_code,
    r#"
    const getToken = () => Promise.reject(Object.assign(new Error("Blocked."), { name: "CabLinkError", code: "popup_blocked" }));
    const cabs = await begin({ getToken });
    const error = await rejection(cabs.download("a"));
    equal([error.code, error.message], ["popup_blocked", "Blocked."]);
"#
);

in_page!(
    it_may_call_back_into_us,
    r#"
    let cabs;
    const seen = [];
    const getToken = () => {
      if (seen.length < 3) {
        seen.push(cabs.download("a"), cabs.download("a"), cabs.href("b"));
        cabs.enhance(document.body);
        cabs.stop();
      }
      return "token";
    };
    cabs = await begin({ getToken });
    const promise = cabs.download("a");
    equal((await rejection(promise)).code, "aborted");
    equal([seen[0] === promise, seen[1] === promise, seen.length], [true, true, 3]);
"#
);

in_page!(
    it_may_answer_at_once_or_later,
    r#"
    for (const getToken of [() => "token", async () => "token", () => ({ then: (resolve) => resolve("token") }), () => "x".repeat(4096)]) {
      const cabs = await begin({ getToken, handoff: "follow" });
      equal((await rejection(cabs.download("a"))).code, "not_found", String(getToken));
    }
"#
);

in_page!(
    a_code_of_msals_is_understood_from_any_function,
    r#"
    let what;
    const cabs = await begin({ getToken: () => { throw what; }, handoff: "follow" });
    for (const [thrown, code] of [
      [{ errorCode: "interaction_required" }, "interaction_required"], [{ errorCode: "popup_window_error" }, "popup_blocked"],
      [{ errorCode: "no_network_connectivity" }, "network_error"], [{ errorCode: "timed_out" }, "timeout"], [{ errorCode: 7 }, "token_unavailable"],
      [Object.create(null), "token_unavailable"], [new Proxy({}, { get() { throw new Error("no"); } }), "token_unavailable"], [Symbol("x"), "token_unavailable"],
      [{ name: "CabLinkError" }, "token_unavailable"], [{ name: "CabLinkError", code: "no_such_code" }, "token_unavailable"],
    ]) {
      what = thrown;
      equal((await rejection(cabs.download("a"))).code, code);
    }
"#
);

in_page!(
    nothing_of_what_it_says_is_shown,
    r#"
    const secret = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWFsaWNl";
    let what;
    const cabs = await begin({ getToken: () => { throw what; }, handoff: "follow" });
    for (what of [
      new Error(secret), secret, Object.assign(new Error(secret), { errorCode: secret }), { name: "CabLinkError", code: secret, message: secret },
      { name: "CabLinkError", code: "unauthorized", message: `no ${secret}`, nextStep: secret, field: secret, serviceMessage: secret, status: secret },
    ]) {
      const error = await rejection(cabs.download("a"));
      const all = [error.message, error.stack, JSON.stringify(error)].join();
      equal(/eyJ|c2lnbmF0dXJl/.test(all), false, all);
    }
"#
);

in_page!(
    a_late_answer_is_nobodys,
    r#"
    const late = [];
    const cabs = await begin({ deadlineMs: 20, getToken: () => new Promise((resolve) => late.push(resolve)), handoff: "follow" });
    const error = await rejection(cabs.download("a"));
    equal([error.code, /sign-in/.test(error.message)], ["timeout", true], error.message);
    late[0]("token");
    await turn();
    equal(states.map(([, state]) => state), ["authorizing", "failed"]);
    for (const id of ["a", "b", "c", "d", "e"]) equal((await rejection(cabs.download(id))).code, "timeout", "its place is free");
"#
);
