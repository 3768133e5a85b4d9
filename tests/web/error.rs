//! What every failure looks like from outside.

use crate::in_page;

in_page!(
    bad_ids_are_refused_before_anything_happens,
    r#"
    const cabs = await begin({ getToken: nobody });
    const before = performance.getEntriesByType("resource").length;
    for (const cab of ["", " ", "x".repeat(5000), "a&b=c", "../x", "a\nb", "a\ud800", "\udc00", 7, 0, NaN, true, null,
      undefined, {}, [], { cabIdHash: null }, { cabIdHash: ["a"] }, Symbol("a"), () => "a", new Date(0)]) {
      const error = await rejection(cabs.download(cab));
      equal(error instanceof Error, true);
      equal([error.name, error.code, error.field, error.retryable], ["CabLinkError", "invalid_cab_id", "cabIdHash", false]);
      equal(error.message.endsWith(".") && error.nextStep.endsWith("."), true, error.message);
    }
    equal(performance.getEntriesByType("resource").length, before, "requests");
    equal(document.querySelectorAll("iframe[title='CAB download']").length, 0, "frames");
    equal(states, []);
"#
);

in_page!(
    what_is_not_known_is_not_there,
    r#"
    const cabs = await begin({ getToken: () => { throw new Error("no"); } });
    const error = await rejection(cabs.download("a"));
    equal(Object.keys(error).sort(), ["code", "name", "nextStep", "retryable"]);
    equal(String(error), `CabLinkError: ${error.message}`);
"#
);

in_page!(
    an_answer_of_the_service_brings_its_status,
    r#"
    const cabs = await begin({ getToken: () => "token", handoff: "follow" });
    const error = await rejection(cabs.download("a"));
    equal(Object.keys(error).sort(), ["code", "name", "nextStep", "retryable", "status"]);
    equal([error.code, error.status, error.retryable], ["not_found", 404, false]);
    equal([Object.getPrototypeOf(error) === Error.prototype, typeof error.stack], [true, "string"]);
"#
);

in_page!(
    thrown_and_rejected_errors_are_alike,
    r#"
    const cabs = await begin({ getToken: nobody, handoff: "follow" });
    let thrown;
    try { cabs.href("a&b=c"); } catch (error) { thrown = error; }
    const rejected = await rejection(cabs.download("a&b=c"));
    const facts = ({ name, code, message, nextStep, retryable, field }) => [name, code, message, nextStep, retryable, field];
    equal(facts(thrown), facts(rejected));
    equal(thrown.message.includes("a&b"), false, "what was given is not repeated");
"#
);
