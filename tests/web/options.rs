//! What `start` takes and refuses.

use crate::in_page;

in_page!(
    each_bad_option_is_named,
    r#"
    const good = { getToken: nobody };
    for (const [field, value] of [
      ["getToken", undefined], ["getToken", "token"], ["getToken", {}],
      ["endpoint", 7], ["endpoint", "http://a.example/"], ["endpoint", "ftp://a.example/"], ["endpoint", "https://u:p@a.example/"],
      ["endpoint", "/x?y=z"], ["endpoint", "https://["],
      ["worker", 7], ["worker", "https://elsewhere.example/worker.js"], ["worker", "/folder/"],
      ["storage", "https://a.example"], ["storage", []], ["storage", ["*"]], ["storage", ["https://a.example/path"]],
      ["storage", ["http://a.example"]], ["storage", ["https://a.example; script-src *"]], ["storage", [7]],
      ["scopes", "scope"], ["scopes", []], ["scopes", [""]], ["scopes", ["a b"]],
      ["deadlineMs", "60000"], ["deadlineMs", 0], ["deadlineMs", -1], ["deadlineMs", NaN], ["deadlineMs", Infinity],
      ["handoff", "Auto"], ["handoff", 1],
      ["coep", "require"], ["coep", true],
      ["enhance", "body"], ["enhance", {}],
    ]) {
      const error = await rejection(start({ ...good, [field]: value }));
      equal([error.name, error.code, error.field], ["CabLinkError", "invalid_options", field], `${field}: ${text(value)}`);
    }
    for (const [field, value] of [["endpoint", "http://[::1]:4402/"], ["storage", ["http://[::1]:4403"]]]) {
      const { code, message } = await rejection(start({ ...good, [field]: value }));
      equal([code, message.includes("localhost")], ["invalid_options", true], message);
    }
    for (const options of [undefined, null, 7, "x", []]) {
      equal((await rejection(start(options))).field, "getToken", text(options));
    }
"#
);

in_page!(
    null_and_undefined_mean_the_default,
    r#"
    const cabs = await begin({ getToken: nobody, endpoint: undefined, storage: null, scopes: undefined, deadlineMs: null,
      handoff: undefined, coep: null, enhance: undefined });
    equal(cabs.href("c1a5"), `${location.origin}/src/ihvdriver/cabdownload?cabIdHash=c1a5`);
"#
);

in_page!(
    addresses_name_method_and_product,
    r#"
    const cabs = await begin({ getToken: nobody });
    equal(cabs.href({ cabIdHash: "a", method: "hardware" }), `${location.origin}/src/hardware/cabdownload?cabIdHash=a`);
    equal(cabs.href({ cabIdHash: "a", method: "driver", applicationId: "18430592857500421" }),
      `${location.origin}/src/driver/cabdownload?cabIdHash=a&applicationId=18430592857500421`);
    for (const [cab, field] of [
      ["../x", "cabIdHash"], [" a", "cabIdHash"], [null, "cabIdHash"], [{ cabIdHash: 7 }, "cabIdHash"],
      [{ cabIdHash: "a", method: "Driver" }, "method"], [{ cabIdHash: "a", method: "driver" }, "applicationId"],
      [{ cabIdHash: "a", method: "driver", applicationId: 18430592857500421 }, "applicationId"],
    ]) {
      let error;
      try { cabs.href(cab); } catch (thrown) { error = thrown; }
      equal([error?.code, error?.field], ["invalid_cab_id", field], text(cab));
    }
"#
);

in_page!(
    more_that_is_refused,
    r#"
    for (const [field, value] of [
      ["getToken", Promise.resolve("token")], ["endpoint", ""], ["endpoint", new URL("https://a.example/")], ["endpoint", "javascript:alert(1)"],
      ["endpoint", "data:text/plain,x"], ["endpoint", "/x/#y"], ["worker", ""], ["worker", "/cablink/worker.js#x"], ["worker", "data:text/javascript,"],
      ["worker", "blob:https://a.example/x"], ["storage", ["https://a.example", null]], ["storage", new Set(["https://a.example"])],
      ["storage", { 0: "https://a.example", length: 1 }], ["storage", [" https://a.example"]], ["scopes", [undefined]], ["scopes", ["a\nb"]],
      ["deadlineMs", 86400001], ["deadlineMs", 60000n], ["deadlineMs", new Date(0)], ["handoff", ""], ["handoff", "direct"],
      ["coep", ""], ["coep", "require-corp; report-to=x"], ["coep", "require-corp\r\nX: y"], ["enhance", window], ["enhance", []],
    ]) {
      const error = await start({ getToken: nobody, handoff: "follow", [field]: value }).then((cabs) => cabs.stop(), (reason) => reason);
      equal([error?.code, error?.field, error?.retryable, error?.message.includes(` ${field} `)], ["invalid_options", field, false, true], `${field}: ${String(value)}`);
    }
    const error = await rejection(start({ get getToken() { throw new Error("no"); } }));
    equal([error.code, error.field], ["invalid_options", "getToken"]);
"#
);

in_page!(
    everything_good_is_taken,
    r#"
    for (const options of [
      { coep: "credentialless" }, { coep: "unsafe-none" }, { deadlineMs: 1 }, { deadlineMs: 86400000 }, { enhance: document },
      { enhance: document.createDocumentFragment() }, { storage: ["http://localhost:4403", "https://*.blob.core.windows.net"] },
      { endpoint: "http://127.0.0.1:4402/v1.0/my/analytics" }, { unknown: "left alone" }, { scopes: ["api://relay/read", "openid"] },
    ]) await begin({ getToken: nobody, handoff: "follow", ...options });
    equal(states, []);
"#
);

in_page!(
    the_default_worker_lies_in_cablink,
    r#"
    for (const [worker, scope] of [[undefined, "/cablink/"], ["/worker.js", "/"], ["/a/b/worker.js?v=1", "/a/b/"], ["a/worker.js", "/a/"]]) {
      const cabs = await start({ getToken: nobody, handoff: "follow", worker });
      cleanup.push(() => cabs.stop());
      equal(cabs.href("a"), `${location.origin}${scope}ihvdriver/cabdownload?cabIdHash=a`, worker);
    }
"#
);
