//! `msalToken` on objects shaped like MSAL 4's and 5's clients.

use crate::in_page;

/// A host's MSAL: what it is asked, and what it answers, is up to the test.
macro_rules! with_msal {
    ($script:literal) => {
        concat!(
            r#"
    const asked = [];
    const fake = (answers) => ({
      acquireTokenSilent: (request) => (asked.push(["silent", request]), answers.silent(request)),
      acquireTokenPopup: (request) => (asked.push(["popup", request]), answers.popup(request)),
      getActiveAccount: () => answers.active ?? null,
      getAllAccounts: () => answers.accounts ?? [],
    });
    const fails = (errorCode) => () => Promise.reject(Object.assign(new Error("https://aka.ms/" + errorCode), { errorCode }));
    const gives = (accessToken) => () => Promise.resolve({ accessToken });
    const want = { forceRefresh: false, scopes: ["s"] };
"#,
            $script
        )
    };
}

in_page!(
    silence_comes_first,
    with_msal!(
        r#"
    const getToken = msalToken(fake({ silent: gives("t"), accounts: [{ name: "a" }, { name: "b" }] }));
    equal(await getToken(want), "t");
    equal(await getToken({ ...want, forceRefresh: true, claims: '{"a":1}' }), "t");
    equal(asked, [
      ["silent", { scopes: ["s"], account: { name: "a" }, forceRefresh: false }],
      ["silent", { scopes: ["s"], account: { name: "a" }, claims: '{"a":1}', forceRefresh: true }],
    ]);
"#
    )
);

in_page!(
    the_account_is_the_given_the_active_or_the_first,
    with_msal!(
        r#"
    const accounts = [{ name: "first" }];
    const account = async (answers, options) => {
      asked.length = 0;
      await msalToken(fake({ silent: gives("t"), ...answers }), options)(want);
      return asked[0][1].account?.name;
    };
    equal(await account({ accounts }), "first");
    equal(await account({ accounts, active: { name: "active" } }), "active");
    equal(await account({ accounts, active: { name: "active" } }, { account: { name: "given" } }), "given");
    equal(await account({}), undefined);
"#
    )
);

in_page!(
    a_look_ahead_is_silent_once_a_minute_and_not_again_after_it_failed,
    with_msal!(
        r#"
    const real = performance.now.bind(performance);
    let later = 0;
    performance.now = () => real() + later;
    try {
      const answers = { silent: gives("t"), popup: gives("p"), accounts: [{ name: "a" }] };
      const getToken = msalToken(fake(answers));
      equal(getToken.ahead, true);
      const look = async () => {
        asked.length = 0;
        equal(getToken({ ahead: true, scopes: ["s"] }), undefined);
        // What MSAL's answer leads to comes in the ticks before the next task.
        await turn();
        return asked.map(([how]) => how);
      };
      const minute = () => (later += 60000);
      equal([await look(), await look()], [["silent"], []], "once");
      minute();
      equal(await look(), ["silent"], "a minute later");
      answers.silent = fails("interaction_required");
      minute();
      equal(await look(), ["silent"], "one that fails");
      minute();
      minute();
      equal(await look(), [], "none after that");
      answers.silent = gives("t");
      equal(await getToken(want), "t");
      equal(await look(), [], "a request was just given a token");
      minute();
      equal([await look(), await look()], [["silent"], []], "again a minute after that");
      minute();
      answers.accounts = [];
      equal(await look(), [], "nobody is signed in");
    } finally {
      performance.now = real;
    }
"#
    )
);

in_page!(
    a_token_of_the_cache_is_no_renewed_one,
    with_msal!(
        r#"
    // As MSAL 4: what is asked while a request for the same scopes is under way gets the answer of that.
    let underWay;
    let renewals = 0;
    const answer = async ({ forceRefresh }) => {
      await turn();
      if (forceRefresh) renewals += 1;
      return { accessToken: `token ${renewals}`, fromCache: !forceRefresh };
    };
    const silent = (request) => (underWay ??= answer(request).finally(() => (underWay = undefined)));
    const getToken = msalToken(fake({ silent, accounts: [{ name: "a" }] }));
    const renew = { ...want, forceRefresh: true };
    equal(getToken({ ahead: true, scopes: ["s"] }), undefined);
    equal(await getToken(renew), "token 1");
    equal(await Promise.all([getToken(want), getToken(renew)]), ["token 1", "token 2"]);
    // One that was renewed for another is as good.
    equal(await Promise.all([getToken(renew), getToken(renew)]), ["token 3", "token 3"]);
    // And what calls every token one of its cache is asked no more than twice.
    asked.length = 0;
    const odd = msalToken(fake({ silent: async () => ({ accessToken: "t", fromCache: true }), accounts: [{ name: "a" }] }));
    equal(await odd(renew), "t");
    equal(asked.length, 2);
"#
    )
);

in_page!(
    error_codes_have_their_problems,
    with_msal!(
        r#"
    for (const [errorCode, code] of [
      ["user_cancelled", "token_unavailable"], ["no_account_error", "token_unavailable"], ["access_denied", "token_unavailable"],
      ["something_new", "token_unavailable"], ["", "token_unavailable"], ["popup_window_error", "popup_blocked"],
      ["interaction_in_progress", "interaction_required"], ["timed_out", "timeout"], ["post_request_failed", "network_error"],
      ["no_network_connectivity", "network_error"], ["interaction_required", "interaction_required"],
      ["login_required", "interaction_required"], ["invalid_grant", "interaction_required"],
    ]) {
      const getToken = msalToken(fake({ silent: fails(errorCode) }), { interactive: "none" });
      const error = await rejection(getToken(want));
      equal([error.name, error.code], ["CabLinkError", code], errorCode);
      equal(/aka\.ms/.test(error.message), false, error.message);
    }
    equal(asked.every(([how]) => how === "silent"), true);
"#
    )
);

in_page!(
    what_is_no_token_is_none,
    with_msal!(
        r#"
    for (const silent of [gives(undefined), gives(7), () => null, () => undefined, () => { throw new Error("sync"); }]) {
      equal((await rejection(msalToken(fake({ silent }))(want))).code, "token_unavailable");
    }
"#
    )
);

in_page!(
    without_activation_no_popup_is_tried_and_the_next_click_would,
    with_msal!(
        r#"
    let active = false;
    Object.defineProperty(navigator, "userActivation", { configurable: true, get: () => ({ isActive: active }) });
    cleanup.push(() => delete navigator.userActivation);
    const getToken = msalToken(fake({ silent: fails("interaction_required"), popup: gives("p") }));
    equal((await rejection(getToken(want))).code, "interaction_required");
    equal(asked.map(([how]) => how), ["silent"]);
    active = true;
    equal(await getToken(want), "p");
    equal(asked.map(([how]) => how), ["silent", "popup"], "the next click");
    equal(await getToken(want), "p");
    equal(asked.map(([how]) => how), ["silent", "popup", "silent", "popup"], "silence is tried again");
"#
    )
);

in_page!(
    one_popup_serves_all_that_wait,
    with_msal!(
        r#"
    Object.defineProperty(navigator, "userActivation", { configurable: true, get: () => ({ isActive: true }) });
    cleanup.push(() => delete navigator.userActivation);
    let close;
    const popup = () => new Promise((resolve) => (close = () => resolve({ accessToken: "p" })));
    const getToken = msalToken(fake({ silent: fails("interaction_required"), popup }));
    const waiting = [getToken(want), getToken(want)];
    while (!close) await turn();
    waiting.push(getToken(want));
    await turn();
    close();
    equal(await Promise.all(waiting), ["p", "p", "p"]);
    equal(asked.filter(([how]) => how === "popup").length, 1);
"#
    )
);

in_page!(
    what_is_no_msal_is_refused_at_once,
    with_msal!(
        r#"
    for (const [pca, options, field] of [
      [undefined, undefined, "pca"], [{}, undefined, "pca"], ["pca", undefined, "pca"],
      [fake({}), { interactive: "redirect" }, "interactive"],
    ]) {
      let error;
      try { msalToken(pca, options); } catch (thrown) { error = thrown; }
      equal([error?.code, error?.field], ["invalid_options", field]);
    }
"#
    )
);

/// A person's click, as the browser would tell of it, or that there was none.
macro_rules! with_activation {
    ($active:literal, $script:literal) => {
        concat!(
            "Object.defineProperty(navigator, 'userActivation', { configurable: true, get: () => ({ isActive: ",
            stringify!($active),
            " }) }); cleanup.push(() => delete navigator.userActivation);",
            $script
        )
    };
}

/// A class, as MSAL is: a method that is called without its object fails.
macro_rules! with_msal_class {
    ($active:literal, $script:literal) => {
        concat!(
            r#"
    class Client {
      #asked = [];
      constructor(answers) { this.answers = answers; }
      get asked() { return this.#asked.map(([how]) => how); }
      request(index) { return this.#asked[index][1]; }
      acquireTokenSilent(request) { this.#asked.push(["silent", request]); return this.answers.silent(request); }
      acquireTokenPopup(request) { this.#asked.push(["popup", request]); return this.answers.popup(request); }
      getActiveAccount() { return this.answers.active ?? null; }
      getAllAccounts() { return this.answers.accounts ?? []; }
    }
    const fails = (errorCode) => () => Promise.reject(Object.assign(new Error("https://aka.ms/" + errorCode), { errorCode }));
    const gives = () => Promise.resolve({ accessToken: "p" });
    const never = () => { throw new Error("a popup was opened"); };
    const want = { forceRefresh: false, scopes: ["s"] };
    const signIn = ["interaction_required", "login_required", "consent_required", "no_tokens_found", "refresh_token_expired", "bad_token",
      "native_account_unavailable", "ux_not_allowed", "interrupted_user", "invalid_grant"];
    const others = { interaction_in_progress: "interaction_required", interaction_in_progress_cancelled: "interaction_required",
      popup_window_error: "popup_blocked", empty_window_error: "popup_blocked", user_cancelled: "token_unavailable", access_denied: "token_unavailable",
      no_account_error: "token_unavailable", "": "token_unavailable", something_new: "token_unavailable", timed_out: "timeout",
      redirect_bridge_timeout: "timeout", monitor_popup_timeout: "timeout", monitor_window_timeout: "timeout", no_network_connectivity: "network_error",
      post_request_failed: "network_error", get_request_failed: "network_error", network_error: "network_error",
      endpoints_resolution_error: "network_error", openid_config_error: "network_error", crypto_nonexistent: "insecure_context",
      crypto_subtle_undefined: "insecure_context" };
"#,
            with_activation!($active, $script)
        )
    };
}

in_page!(
    without_a_click_a_sign_in_is_only_asked_for,
    with_msal_class!(
        false,
        r#"
    for (const code of signIn) {
      const client = new Client({ silent: fails(code), popup: never });
      const error = await rejection(msalToken(client)(want));
      equal([error.code, error.retryable, client.asked], ["interaction_required", true, ["silent"]], code);
    }
"#
    )
);

in_page!(
    within_a_click_a_sign_in_opens_the_popup_with_the_same_request,
    with_msal_class!(
        true,
        r#"
    for (const code of signIn) {
      const client = new Client({ silent: fails(code), popup: gives, accounts: [{ name: "a" }] });
      equal(await msalToken(client)({ ...want, forceRefresh: true, claims: "{}" }), "p", code);
      equal(client.asked, ["silent", "popup"], code);
      equal(client.request(0), { scopes: ["s"], account: { name: "a" }, claims: "{}", forceRefresh: true });
      equal(client.request(1), { scopes: ["s"], account: { name: "a" }, claims: "{}" });
    }
"#
    )
);

in_page!(
    no_popup_is_opened_for_what_it_would_not_mend,
    with_msal_class!(
        true,
        r#"
    for (const [errorCode, code] of Object.entries(others)) {
      const client = new Client({ silent: fails(errorCode), popup: never });
      const getToken = msalToken(client);
      for (let click = 0; click < 2; click += 1) {
        const error = await rejection(getToken(want));
        equal([error.name, error.code, /aka\.ms/.test(error.message)], ["CabLinkError", code, false], errorCode);
      }
      equal(client.asked, ["silent", "silent"], errorCode);
    }
"#
    )
);

in_page!(
    a_popup_that_fails_is_told_to_all_and_the_next_click_is_silent_again,
    with_msal_class!(
        true,
        r#"
    for (const [errorCode, code] of Object.entries({ ...others, interaction_required: "interaction_required" })) {
      const client = new Client({ silent: fails("login_required"), popup: fails(errorCode) });
      const getToken = msalToken(client);
      const both = await Promise.all([rejection(getToken(want)), rejection(getToken(want))]);
      equal(both.map((error) => error.code), [code, code], errorCode);
      equal(client.asked, ["silent", "silent", "popup"], errorCode);
      equal((await rejection(getToken(want))).code, code);
      equal(client.asked.slice(3), ["silent", "popup"], errorCode);
      // Another's window was in the way, and still is: this click takes its place.
      const takes = errorCode === "interaction_in_progress" ? true : undefined;
      equal([2, 4].map((index) => client.request(index).overrideInteractionInProgress), [undefined, takes], errorCode);
    }
    const client = new Client({ silent() { throw { errorCode: "login_required" }; }, popup() { throw { errorCode: "empty_window_error" }; } });
    equal((await rejection(msalToken(client)(want))).code, "popup_blocked", "thrown, not rejected");
"#
    )
);

in_page!(
    a_window_of_anothers_that_did_its_work_is_no_longer_in_the_way,
    with_msal_class!(
        true,
        r#"
    const client = new Client({ silent: fails("login_required"), popup: fails("interaction_in_progress") });
    const getToken = msalToken(client);
    equal((await rejection(getToken(want))).code, "interaction_required");
    // The person has signed in there.
    client.answers.silent = gives;
    equal(await getToken(want), "p");
    equal(client.asked, ["silent", "popup", "silent"], "no window of ours");
    Object.assign(client.answers, { silent: fails("login_required"), popup: gives });
    equal(await getToken(want), "p");
    equal(client.request(4).overrideInteractionInProgress, undefined, "nothing is taken over any more");
"#
    )
);

in_page!(
    a_popup_is_not_opened_where_it_is_not_wanted_or_not_there,
    with_msal_class!(
        true,
        r#"
    const client = new Client({ silent: fails("interaction_required"), popup: never });
    for (const getToken of [
      msalToken(client, { interactive: "none" }),
      msalToken({ acquireTokenSilent: (request) => client.acquireTokenSilent(request) }),
    ]) {
      client.answers.silent = fails("interaction_required");
      for (let click = 0; click < 2; click += 1) equal((await rejection(getToken(want))).code, "interaction_required");
      client.answers.silent = gives;
      equal(await getToken(want), "p", "and silence is still tried");
    }
    equal(new Set(client.asked), new Set(["silent"]));
"#
    )
);

in_page!(
    what_a_popup_gives_may_be_no_token_either,
    with_msal_class!(
        true,
        r#"
    for (const result of [undefined, null, "token", {}, { accessToken: 7 }, { idToken: "t" }]) {
      for (const popup of [() => result, async () => result]) {
        const client = new Client({ silent: fails("login_required"), popup });
        equal((await rejection(msalToken(client)(want))).code, "token_unavailable", text(result));
      }
    }
"#
    )
);

in_page!(
    the_account_is_looked_up_each_time,
    with_msal_class!(
        false,
        r#"
    const client = new Client({ silent: gives, accounts: [{ name: "alice" }] });
    const getToken = msalToken(client, { account: null });
    await getToken(want);
    client.answers.active = { name: "bob" };
    await getToken(want);
    client.answers = { silent: gives };
    await getToken(want);
    equal([0, 1, 2].map((index) => client.request(index).account?.name), ["alice", "bob", undefined]);
"#
    )
);

in_page!(
    its_problems_arrive_at_the_download,
    with_msal_class!(
        false,
        r#"
    for (const [errorCode, code] of Object.entries({ ...others, interaction_required: "interaction_required" })) {
      const getToken = msalToken(new Client({ silent: fails(errorCode), popup: never }));
      const direct = await rejection(getToken(want));
      const cabs = await begin({ getToken, handoff: "follow" });
      const error = await rejection(cabs.download("a"));
      equal([error.code, error.message], [code, direct.message], errorCode);
      cabs.stop();
    }
"#
    )
);

in_page!(
    its_sentences_and_next_steps_arrive_as_they_are,
    with_msal_class!(
        false,
        r#"
    for (const errorCode of ["interaction_in_progress", "user_cancelled", "no_account_error", "timed_out", "post_request_failed"]) {
      const getToken = msalToken(new Client({ silent: fails(errorCode), popup: never }));
      const direct = await rejection(getToken(want));
      equal(direct.errorCode, errorCode);
      const cabs = await begin({ getToken, handoff: "follow" });
      const error = await rejection(cabs.download("a"));
      equal([error.message, error.nextStep], [direct.message, direct.nextStep], errorCode);
      equal("errorCode" in error, false);
      cabs.stop();
    }
    equal((await rejection(msalToken(new Client({ silent: fails("secret-of-somebody"), popup: never }))(want))).errorCode, undefined);
"#
    )
);

in_page!(
    who_joins_a_popup_gets_a_token_for_its_own_request,
    with_msal_class!(
        true,
        r#"
    let open;
    let signedIn = false;
    const silent = ({ scopes }) => (signedIn ? Promise.resolve({ accessToken: `for ${scopes}` }) : fails("login_required")());
    const client = new Client({ silent, popup: ({ scopes }) => new Promise((resolve) => { open = () => { signedIn = true; resolve({ accessToken: `popup for ${scopes}` }); }; }) });
    const getToken = msalToken(client);
    const [first, second] = [getToken(want), getToken({ ...want, scopes: ["other"] })];
    while (!open) await turn();
    await turn();
    open();
    equal(await Promise.all([first, second]), ["popup for s", "for other"]);
    equal(client.asked.filter((how) => how === "popup").length, 1);
"#
    )
);

in_page!(
    a_download_that_joins_an_open_sign_in_is_given_the_persons_time,
    with_msal_class!(
        true,
        r#"
    let open;
    const client = new Client({ silent: () => (open?.done ? Promise.resolve({ accessToken: "t" }) : fails("login_required")()),
      popup: () => new Promise((resolve) => { open = { finish() { open.done = true; resolve({ accessToken: "t" }); } }; }) });
    const getToken = msalToken(client);
    const timers = [];
    const plain = window.setTimeout;
    window.setTimeout = (callback, ms) => { timers.push(ms); return plain(callback, ms); };
    cleanup.push(() => (window.setTimeout = plain));
    const five = () => timers.filter((ms) => ms === 300000).length;
    const cabs = await begin({ getToken, handoff: "follow", deadlineMs: 30000 });
    const first = rejection(cabs.download("a"));
    while (five() < 1) await turn();
    equal(timers.filter((ms) => ms === 30000).length, 1);
    const second = rejection(cabs.download("b"));
    while (five() < 2) await turn();
    equal(client.asked.filter((how) => how === "popup").length, 1);
    open.finish();
    equal([(await first).code, (await second).code], ["not_found", "not_found"]);
"#
    )
);
