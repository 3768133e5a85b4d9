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
