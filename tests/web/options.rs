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
