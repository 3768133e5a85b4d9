//! The lists, through the public face. The tests' server answers any query with the same file below
//! `tests/web/service`.

use crate::in_page;

in_page!(
    rows_are_plain_objects_with_every_digit,
    r#"
    const cabs = await begin({ endpoint: "/tests/web/service/", getToken: () => "token" });
    const slice = await cabs.failureHits({ top: 2 });
    equal(slice.rows[0], { date: "2017-02-26", failureName: "AV_fastboot!unknown_function", sellerId: "18430592857500421", eventCount: 1 });
    equal(slice.rows[1], { date: "2017-02-27", failureName: null, eventCount: 2, added: "9223372036854775807" });
    equal([slice.totalCount, Object.keys(slice)], [3, ["rows", "totalCount"]]);
    const details = await cabs.failureDetails("f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f");
    equal([details.rows.length, details.rows[0].clientDeviceId, details.totalCount], [1, null, undefined]);
    equal(await details.next(), undefined);
"#
);

in_page!(
    next_is_one_promise_until_it_fails,
    r#"
    const cabs = await begin({ endpoint: "/tests/web/service/", getToken: () => "token" });
    const slice = await cabs.failureHits();
    const [one, two] = [slice.next(), slice.next()];
    equal(one === two, true);
    // The server gives the same rows for ever.
    equal((await rejection(one)).code, "unexpected_response");
    equal(slice.next() === one, false);
"#
);

in_page!(
    the_iterator_goes_on_where_its_slice_ends_and_no_further_than_asked,
    r#"
    const cabs = await begin({ endpoint: "/tests/web/service/", getToken: () => "token" });
    const dates = [];
    for await (const { date } of await cabs.failureDetails("f")) dates.push(date);
    equal(dates, ["2017-03-14 23:51:11"]);
    const seen = [];
    const slice = await cabs.failureHits();
    let error;
    try { for await (const { date } of slice) seen.push(date); } catch (thrown) { error = thrown; }
    equal([seen, error?.code], [["2017-02-26", "2017-02-27"], "unexpected_response"]);
    for await (const { date } of slice) { seen.push(date); break; }
    equal(seen.length, 3);
    const rows = slice[Symbol.asyncIterator]();
    equal(rows[Symbol.asyncIterator]() === rows, true);
    // Asked for at once, they come one after the other.
    const [first, second] = await Promise.all([rows.next(), rows.next()]);
    equal([first.value.date, second.value.date, first.done], ["2017-02-26", "2017-02-27", false]);
    equal(await rows.return("value"), { value: "value", done: true });
    equal(await rows.next(), { value: undefined, done: true });
"#
);

in_page!(
    bad_queries_are_named_and_ask_nobody,
    r#"
    const cabs = await begin({ getToken: nobody });
    const before = performance.getEntriesByType("resource").length;
    for (const [query, field] of [
      [{ top: 0 }, "top"], [{ top: NaN }, "top"], [{ skip: -1 }, "skip"], [{ startDate: "2015-02-29" }, "startDate"],
      [{ endDate: new Date(NaN) }, "endDate"], [{ filter: { field: "osName", eq: "x" } }, "filter"],
      [{ orderby: ["date", "sellerId"] }, "orderby"], [{ groupby: "date" }, "groupby"], [{ aggregationLevel: "Day" }, "aggregationLevel"],
      [{ method: "driver" }, "applicationId"], [{ hash: 1 }, "hash"], ["text", "query"], [[], "query"], [Symbol("a"), "query"],
      [{ signal: 7 }, "signal"],
    ]) {
      const error = await rejection(cabs.failureHits(query));
      equal([error.name, error.code, error.field], ["CabLinkError", "invalid_query", field], String(field));
    }
    for (const hash of [undefined, null, "", " ", "../x", 7, {}, ["a"]]) {
      equal((await rejection(cabs.failureDetails(hash))).field, "failureHash");
    }
    equal(performance.getEntriesByType("resource").length, before, "requests");
"#
);

in_page!(
    what_is_no_list_or_not_there_says_so,
    r#"
    const cabs = await begin({ endpoint: "/tests/web/service/", getToken: () => "token" });
    const page = await rejection(cabs.failureHits({ method: "hardware" }));
    equal([page.code, page.status, /web page/.test(page.message)], ["unexpected_response", 200, true]);
    const missing = await rejection(cabs.failureHits({ method: "driver", applicationId: "1" }));
    equal([missing.code, missing.status], ["not_found", 404]);
"#
);

in_page!(
    a_module_that_cannot_be_loaded_is_a_network_error_and_loaded_at_the_next_call,
    r#"
    const cabs = await begin({ endpoint: "/tests/web/service/", getToken: () => "token" });
    const load = importLists;
    importLists = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
    const error = await rejection(cabs.failureHits());
    equal([error.name, error.code, error.retryable], ["CabLinkError", "network_error", true]);
    importLists = load;
    equal((await cabs.failureHits()).rows.length, 2);
"#
);

in_page!(
    signals_and_stop_end_it_at_every_stage,
    r#"
    const never = () => new Promise(() => {});
    const cabs = await begin({ getToken: never });
    equal((await rejection(cabs.failureHits({ signal: AbortSignal.abort() }))).code, "aborted");
    const controller = new AbortController();
    const running = [
      cabs.failureHits({ signal: controller.signal }),
      cabs.failureDetails("a", undefined, { signal: controller.signal }),
    ];
    await turn();
    controller.abort();
    for (const promise of running) equal((await rejection(promise)).code, "aborted");
    const last = cabs.failureHits();
    await turn();
    cabs.stop();
    equal((await rejection(last)).code, "aborted");
    equal((await rejection(cabs.failureHits())).code, "aborted");
"#
);

in_page!(
    what_has_ended_asks_for_no_token,
    r#"
    const wanted = [];
    const getToken = ({ forceRefresh }) => (wanted.push(forceRefresh), "token");
    const cabs = await begin({ endpoint: "/tests/web/service/", getToken });
    const slice = await cabs.failureHits();
    equal(wanted, [false]);
    const next = slice.next();
    cabs.stop();
    equal((await rejection(next)).code, "aborted");
    equal(wanted, [false], "before its first step");
    const others = await begin({ endpoint: "/tests/web/service/", getToken });
    const real = window.fetch;
    // Refused, and stopped while the refusal is read.
    const read = (body) => (others.stop(), body.close());
    window.fetch = async () => new Response(new ReadableStream({ pull: read }, { highWaterMark: 0 }), { status: 401 });
    try {
      equal((await rejection(others.failureHits())).code, "aborted");
      await turn();
    } finally {
      window.fetch = real;
    }
    equal(wanted, [false, false], "after an answer");
"#
);

in_page!(
    a_token_that_never_comes_is_a_timeout,
    r#"
    const cabs = await begin({ deadlineMs: 50, getToken: () => new Promise(() => {}) });
    const error = await rejection(cabs.failureHits());
    equal([error.code, error.message], ["timeout", "The list did not come in time."]);
"#
);

in_page!(
    a_module_that_never_loads_ends_by_deadline_signal_and_stop,
    r#"
    importLists = () => new Promise(() => {});
    const cabs = await begin({ getToken: nobody });
    for (const begun of [
      (options) => cabs.failureHits(options), (options) => cabs.failureHits(undefined, options),
      (options) => cabs.failureDetails("a", options), (options) => cabs.failureDetails("a", undefined, options),
    ]) {
      equal((await rejection(begun({ signal: AbortSignal.abort() }))).code, "aborted");
      const controller = new AbortController();
      const promise = begun(controller);
      await turn();
      controller.abort();
      equal((await rejection(promise)).code, "aborted");
    }
    const running = cabs.failureHits();
    await turn();
    cabs.stop();
    equal((await rejection(running)).code, "aborted");
    equal((await rejection(cabs.failureHits())).code, "aborted");
    const hasty = await begin({ getToken: nobody, deadlineMs: 50 });
    const late = await rejection(hasty.failureHits({ signal: null }));
    equal([late.code, late.message], ["timeout", "The list did not come in time."]);
"#
);

in_page!(
    what_loading_takes_counts_against_the_deadline,
    r#"
    const before = performance.now();
    importLists = async () => ({
      default: async () => {},
      // As if it had been called that much earlier: it is late at once.
      failureHits: (host, query, options, began) => {
        equal(began >= before && began <= performance.now(), true, "began");
        return lists.failureHits(host, query, options, began - host.deadlineMs);
      },
    });
    const cabs = await begin({ deadlineMs: 600_000, getToken: () => new Promise(() => {}) });
    equal((await rejection(cabs.failureHits())).code, "timeout");
"#
);

in_page!(
    memory_grows_with_the_longest_slice_and_not_with_their_number,
    r#"
    const { fetch } = window;
    cleanup.push(() => { window.fetch = fetch; });
    const cabs = await begin({ endpoint: "/many/", getToken: () => "token" });
    const rows = Array.from({ length: 10_000 }, (_, number) => ({ sellerId: String(number), symbol: "x".repeat(200), eventCount: 1 }));
    const asSent = JSON.stringify({ Value: rows });
    const anew = asSent.replaceAll(/"sellerId":"(\d+)"/g, '"sellerId":$1');
    const size = () => lists.memory.buffer.byteLength;
    for (const [body, copies] of [[asSent, 1], [anew, 2]]) {
      window.fetch = () => Promise.resolve(new Response(body));
      const before = size();
      equal((await cabs.failureHits()).rows, rows, "rows");
      const more = size() - before;
      equal(more / body.length < copies + 0.5, true, `${more} bytes of memory for ${body.length} of text`);
      // What a slice keeps may lie where the next one's text would have been, once or twice.
      for (let count = 0; count < 3; count += 1) await cabs.failureHits();
      const settled = size();
      for (let count = 0; count < 10; count += 1) await cabs.failureHits();
      equal(size(), settled, "memory");
    }
"#
);
