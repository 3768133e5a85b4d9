//! The hidden frame, with the real worker behind it.

use crate::in_page;

/// Notes each of our frames when it comes and when it goes.
macro_rules! watching_frames {
    ($script:literal) => {
        concat!(
            r#"
    const ours = (nodes) => [...nodes].filter((node) => node.tagName === "IFRAME" && node.title === "CAB download");
    const [come, gone] = [[], []];
    const note = (records) => { for (const { addedNodes, removedNodes } of records) { come.push(...ours(addedNodes)); gone.push(...ours(removedNodes)); } };
    const watch = new MutationObserver(note);
    watch.observe(document.body, { childList: true });
    cleanup.push(() => watch.disconnect());
"#,
            $script
        )
    };
}

in_page!(
    it_is_out_of_sight_and_gone_when_the_download_has_ended,
    watching_frames!(
        r#"
    const cabs = await begin({ getToken: () => "secret-token", endpoint: "/no-such-folder/" });
    const error = await rejection(cabs.download("a"));
    note(watch.takeRecords());
    equal([error.code, error.status], ["not_found", 404]);
    equal([come.length, gone.length], [1, 1]);
    const [frame] = come;
    equal(["hidden", "title", "referrerpolicy", "aria-hidden", "tabindex"].map((name) => frame.getAttribute(name)),
      ["", "CAB download", "no-referrer", "true", "-1"]);
    equal(/^[^?]+\/src\/frame\?ticket=[0-9a-f]{32}$/.test(frame.src), true, frame.src);
    equal([frame.isConnected, frame.outerHTML.includes("secret")], [false, false]);
"#
    )
);

in_page!(
    each_download_has_its_own_ticket,
    watching_frames!(
        r#"
    const cabs = await begin({ getToken: () => "token", endpoint: "/no-such-folder/" });
    await Promise.all([rejection(cabs.download("a")), rejection(cabs.download("b"))]);
    await rejection(cabs.download("a"));
    note(watch.takeRecords());
    equal([come.length, new Set(come.map(({ src }) => src)).size, gone.length], [3, 3, 3]);
"#
    )
);

in_page!(
    an_abort_takes_it_away,
    watching_frames!(
        r#"
    const cabs = await begin({ getToken: () => "token", endpoint: "/no-such-folder/" });
    const controller = new AbortController();
    const promise = cabs.download("a", { signal: controller.signal });
    while (come.length === 0) await turn();
    equal(gone.length, 0);
    controller.abort();
    note(watch.takeRecords());
    equal([gone.length, come[0].isConnected], [1, false], "within the call");
    equal((await rejection(promise)).code, "aborted");
    equal(states.at(-1), ["a", "failed", "aborted"]);
"#
    )
);

in_page!(
    stop_takes_it_away,
    watching_frames!(
        r#"
    const cabs = await begin({ getToken: () => "token", endpoint: "/no-such-folder/" });
    const promise = cabs.download("a");
    while (come.length === 0) await turn();
    cabs.stop();
    note(watch.takeRecords());
    equal(gone.length, 1);
    equal((await rejection(promise)).code, "aborted");
"#
    )
);
