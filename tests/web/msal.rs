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
