//! What is asked of a list: checked before anything is sent, then written as an address.

use std::borrow::Cow;

use crate::rules::id::{ApplicationId, FailureHash, IdReason, Method};
use crate::rules::list::day::Day;
use crate::rules::list::filter;
use crate::rules::list::given::Given;
use crate::rules::list::method::{Aggregation, List, Rules, exists, rules};
use crate::rules::problem::{Failure, Problem};

/// The longest path and query, in bytes. Nothing is documented; servers commonly refuse addresses
/// beyond 8 KiB, so a longer one could only fail after a person has waited for it.
const MAX_LEN: usize = 8_000;

/// Rows that can be left out: what a number of JavaScript holds exactly.
const MAX_SKIP: f64 = 9_007_199_254_740_991.0;

/// Which rows are asked for: what every slice of one list has in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The family of methods.
    pub method: Method,
    /// Which list of it.
    pub list: List,
    /// The product, exactly where the method needs one.
    pub application: Option<ApplicationId>,
    /// The failure, exactly for details and batches.
    pub failure_hash: Option<FailureHash>,
}

impl Asked {
    /// `ihvdriver/failurehits` and so on: the path below the API's base.
    #[must_use]
    pub fn path(&self) -> String {
        [self.method.as_str(), "/", self.list.as_str()].concat()
    }
}

/// A query that the list allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which rows.
    pub asked: Asked,
    /// The other parameters with their values, in the order in which they are sent.
    parameters: Vec<(&'static str, String)>,
}

/// Reads the query for `failurehits`.
///
/// # Errors
/// `invalid_query` with its `field`.
pub fn hits(given: &Given) -> Result<Query, Failure> {
    read(given, List::Hits, None)
}

/// Reads the query for `failuredetails` of one failure.
///
/// # Errors
/// `invalid_query` with its `field`.
pub fn details(failure_hash: &Given, given: &Given) -> Result<Query, Failure> {
    read(given, List::Details, Some(hash_of(failure_hash)?))
}

/// Reads the query for `cabdownloadbatch` of one failure.
///
/// # Errors
/// `invalid_query` with its `field`.
pub fn batch(failure_hash: &Given, given: &Given) -> Result<Query, Failure> {
    read(given, List::Batch, Some(hash_of(failure_hash)?))
}

fn hash_of(failure_hash: &Given) -> Result<FailureHash, Failure> {
    let hash = match failure_hash {
        Given::Text(text) => FailureHash::parse(text),
        Given::Missing => Err(IdReason::Empty),
        _ => Err(IdReason::NotText),
    };
    hash.map_err(|reason| wrong("failureHash", reason.sentence_end()))
}

/// Every option of a query; `signal` is the browser's business.
const KEYS: [&str; 11] = [
    "method",
    "applicationId",
    "startDate",
    "endDate",
    "top",
    "skip",
    "filter",
    "orderby",
    "groupby",
    "aggregationLevel",
    "signal",
];

fn read(given: &Given, list: List, failure_hash: Option<FailureHash>) -> Result<Query, Failure> {
    let properties: &[(String, Given)] = match given {
        Given::Missing => &[],
        Given::Object(properties) => properties,
        _ => return Err(wrong("query", "must be an object")),
    };
    let left_out = |key: &str| match list {
        List::Hits => false,
        List::Details => matches!(key, "groupby" | "aggregationLevel"),
        List::Batch => matches!(key, "groupby" | "aggregationLevel" | "filter" | "orderby"),
    };
    for (key, value) in properties {
        let known = KEYS.contains(&key.as_str());
        if *value == Given::Missing && known {
            continue;
        }
        if !known || left_out(key) {
            let rest = ["is none that ", list.as_str(), " knows"].concat();
            return Err(wrong_key(key, &rest));
        }
    }
    let method = match given.get("method") {
        // There is no other choice.
        Given::Missing if list == List::Batch => Method::Driver,
        Given::Missing => Method::default(),
        value => value
            .text()
            .and_then(Method::parse)
            .ok_or_else(|| wrong("method", "must be ihvdriver, driver or hardware"))?,
    };
    if !exists(method, list) {
        return Err(wrong(
            "method",
            "must be driver, since no other has this list",
        ));
    }
    let allowed = rules(method, list);
    let asked = Asked {
        method,
        list,
        application: application(given.get("applicationId"), allowed)?,
        failure_hash,
    };
    let path = asked.path();
    let mut parameters = Vec::new();
    let (start, end) = (day(given, "startDate")?, day(given, "endDate")?);
    if start.is_some() && end.is_some() && start > end {
        return Err(wrong("startDate", "is after endDate"));
    }
    for (name, day) in [("startDate", start), ("endDate", end)] {
        if let Some(day) = day {
            parameters.push((name, day.for_list(list)));
        }
    }
    if let Some(level) = aggregation(given.get("aggregationLevel"))? {
        parameters.push(("aggregationLevel", level.as_str().to_owned()));
    }
    if *given.get("filter") != Given::Missing {
        let text = filter::clause(given.get("filter"), allowed.filter, &path)
            .map_err(|rest| wrong("filter", &rest))?;
        parameters.push(("filter", text));
    }
    for (name, fields, directions) in [
        ("groupby", allowed.groupby.unwrap_or_default(), false),
        ("orderby", allowed.orderby, true),
    ] {
        if *given.get(name) != Given::Missing {
            let text = fields_clause(given.get(name), fields, directions, &path)
                .map_err(|rest| wrong(name, &rest))?;
            parameters.push((name, text));
        }
    }
    let top = count(
        given,
        "top",
        1.0,
        f64::from(allowed.top),
        &[
            "must be a whole number from 1 to ",
            &allowed.top.to_string(),
        ]
        .concat(),
    )?;
    let skip = count(
        given,
        "skip",
        0.0,
        MAX_SKIP,
        "must be a whole number, 0 or more",
    )?;
    for (name, number) in [("top", top), ("skip", skip)] {
        if let Some(number) = number {
            parameters.push((name, number.to_string()));
        }
    }
    let query = Query { asked, parameters };
    if query.path_and_query().len() > MAX_LEN {
        let longest = query.parameters.iter().max_by_key(|(_, value)| value.len());
        let name = longest.map_or("query", |(name, _)| *name);
        return Err(wrong(name, "is too long for an address"));
    }
    Ok(query)
}

impl Query {
    /// The path and query below the API's base, percent-encoded.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let mut text = self.asked.path();
        let mut mark = '?';
        let ids = [
            (
                "failureHash",
                self.asked.failure_hash.as_ref().map(FailureHash::as_str),
            ),
            (
                "applicationId",
                self.asked.application.as_ref().map(ApplicationId::as_str),
            ),
        ];
        let ids = ids.into_iter().filter_map(|(name, id)| Some((name, id?)));
        let others = self
            .parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        for (name, value) in ids.chain(others) {
            text.push(mark);
            text.push_str(name);
            text.push('=');
            encode(value, &mut text);
            mark = '&';
        }
        text
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            push_escape(byte, out);
        }
    }
}

/// `%` and the two digits of a byte.
pub(crate) fn push_escape(byte: u8, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

fn application(given: &Given, allowed: &Rules) -> Result<Option<ApplicationId>, Failure> {
    let invalid = |rest: &str| Err(wrong("applicationId", rest));
    match given {
        Given::Missing if allowed.application => invalid("is needed for the method driver"),
        Given::Missing => Ok(None),
        // Whoever gives one expects the rows of one product, and would get the whole account's.
        _ if !allowed.application => invalid("is taken by the method driver only"),
        Given::Text(text) => match ApplicationId::parse(text) {
            Ok(id) => Ok(Some(id)),
            Err(reason) => invalid(reason.sentence_end()),
        },
        Given::Number(_) => invalid("must be a text, since such ids lose digits as numbers"),
        _ => invalid("must be a text"),
    }
}

fn day(given: &Given, name: &'static str) -> Result<Option<Day>, Failure> {
    let day = match given.get(name) {
        Given::Missing => return Ok(None),
        Given::Text(text) => Day::parse(text),
        Given::Date(ms) => Day::at(*ms),
        _ => None,
    };
    day.map(Some)
        .ok_or_else(|| wrong(name, "must be a day that exists, as YYYY-MM-DD or a Date"))
}

fn aggregation(given: &Given) -> Result<Option<Aggregation>, Failure> {
    match given {
        Given::Missing => Ok(None),
        value => value
            .text()
            .and_then(Aggregation::parse)
            .map(Some)
            .ok_or_else(|| wrong("aggregationLevel", "must be day, week or month")),
    }
}

fn count(
    given: &Given,
    name: &'static str,
    least: f64,
    most: f64,
    rest: &str,
) -> Result<Option<u64>, Failure> {
    match given.get(name) {
        Given::Missing => Ok(None),
        Given::Number(number) if (least..=most).contains(number) && number.trunc() == *number =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number in range"
            )]
            Ok(Some(*number as u64))
        }
        _ => Err(wrong(name, rest)),
    }
}

/// Reads `groupby` or `orderby`: a text with commas, or a list of its parts.
fn fields_clause(
    given: &Given,
    fields: &[&str],
    directions: bool,
    list: &str,
) -> Result<String, String> {
    let parts: Option<Vec<&str>> = match given {
        Given::Text(text) => Some(text.split(',').collect()),
        Given::List(items) => items.iter().map(Given::text).collect(),
        _ => None,
    };
    let parts = parts.ok_or("must be a text, or a list of texts")?;
    let mut text = String::new();
    for part in parts {
        let mut words = part.split_ascii_whitespace();
        let field = words.next().ok_or("lacks a field's name")?;
        if !fields.contains(&field) {
            let verb = if directions { "sort" } else { "group" };
            return Err([
                "names ",
                &named(field),
                ", which ",
                list,
                " cannot ",
                verb,
                " by",
            ]
            .concat());
        }
        let direction = match words.next() {
            None => "",
            Some(word) if directions && word.eq_ignore_ascii_case("asc") => " asc",
            Some(word) if directions && word.eq_ignore_ascii_case("desc") => " desc",
            Some(_) if directions => {
                return Err("has something other than asc or desc after a field".into());
            }
            Some(_) => return Err("has something other than a comma after a field".into()),
        };
        if words.next().is_some() {
            return Err("has something other than a comma after a field".into());
        }
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(field);
        text.push_str(direction);
    }
    if text.is_empty() {
        return Err("names no field".into());
    }
    Ok(text)
}

/// A name for a message: repeated where it is a plain word, and only then, since it may be markup,
/// or megabytes.
pub(crate) fn named(word: &str) -> Cow<'static, str> {
    if is_plain(word) {
        Cow::Owned(word.to_owned())
    } else {
        Cow::Borrowed("a field that is no word")
    }
}

fn is_plain(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 40
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `invalid_query`, naming the option; `rest` ends the sentence "The … of the query …".
fn wrong(field: &'static str, rest: &str) -> Failure {
    let begin = match field {
        "query" => "The query ",
        "filter" => "The filter ",
        "failureHash" => "The failure's id ",
        _ => return wrong_key(field, rest),
    };
    Failure::of_field(Problem::InvalidQuery, field, [begin, rest, "."].concat())
}

fn wrong_key(key: &str, rest: &str) -> Failure {
    if !is_plain(key) {
        return wrong("query", "has an option whose name is no word");
    }
    let sentence = ["The option ", key, " of the query ", rest, "."].concat();
    let mut failure = Failure::of_field(Problem::InvalidQuery, "query", sentence);
    failure.field = Some(Cow::Owned(key.to_owned()));
    failure
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::list::given::tests::{anything, object, text, texts};
    use proptest::prelude::*;

    const HASH: &str = "012e33e3-dbc9-b12f-c124-9d9810f05d8b";

    fn hits_of(properties: &[(&str, Given)]) -> Result<String, Failure> {
        hits(&object(properties)).map(|query| query.path_and_query())
    }

    fn details_of(properties: &[(&str, Given)]) -> Result<String, Failure> {
        details(&text(HASH), &object(properties)).map(|query| query.path_and_query())
    }

    /// The option that is wrong.
    fn field(result: Result<String, Failure>) -> String {
        let failure = result.expect_err("a bad query");
        assert_eq!(failure.problem, Problem::InvalidQuery);
        let message = failure.message();
        assert!(
            message.ends_with('.') && message.starts_with("The "),
            "{message}"
        );
        failure.field.clone().expect("a field").into_owned()
    }

    #[test]
    fn nothing_asks_for_everything() {
        assert_eq!(
            hits(&Given::Missing).unwrap().path_and_query(),
            "ihvdriver/failurehits"
        );
        assert_eq!(hits_of(&[]).unwrap(), "ihvdriver/failurehits");
        let details = details(&text(HASH), &Given::Missing).unwrap();
        assert_eq!(
            details.path_and_query(),
            "ihvdriver/failuredetails?failureHash=012e33e3-dbc9-b12f-c124-9d9810f05d8b"
        );
    }

    #[test]
    fn everything_is_written_encoded() {
        let address = hits_of(&[
            ("method", text("driver")),
            ("applicationId", text("18430592857500421")),
            ("startDate", text("2017-01-02")),
            ("endDate", Given::Date(1_489_535_471_000.0)),
            ("aggregationLevel", text("week")),
            ("filter", text("market eq 'US' and driverName ne 'a&b#c'")),
            ("groupby", texts(&["failureName", " market "])),
            ("orderby", text("date desc, market ASC,failureName")),
            ("top", Given::Number(10_000.0)),
            ("skip", Given::Number(0.0)),
            ("signal", Given::Other),
        ]);
        assert_eq!(
            address.unwrap(),
            "driver/failurehits?applicationId=18430592857500421&startDate=1%2F2%2F2017\
             &endDate=3%2F14%2F2017&aggregationLevel=week\
             &filter=market%20eq%20%27US%27%20and%20driverName%20ne%20%27a%26b%23c%27\
             &groupby=failureName%2Cmarket&orderby=date%20desc%2Cmarket%20asc%2CfailureName\
             &top=10000&skip=0"
        );
        let address = details_of(&[
            ("method", text("hardware")),
            ("startDate", text("2016-11-05")),
            ("endDate", text("2016-11-05")),
            ("orderby", texts(&["osBuild", "date desc"])),
        ]);
        assert_eq!(
            address.unwrap(),
            "hardware/failuredetails?failureHash=012e33e3-dbc9-b12f-c124-9d9810f05d8b\
             &startDate=2016-11-05&endDate=2016-11-05&orderby=osBuild%2Cdate%20desc"
        );
    }

    #[test]
    fn each_bad_option_is_named() {
        let number = Given::Number;
        for (key, bad) in [
            (
                "method",
                vec![text("Driver"), text(""), number(1.0), Given::Other],
            ),
            (
                "applicationId",
                vec![text("18430592857500421"), number(1.0)],
            ),
            (
                "startDate",
                vec![
                    text("1/1/2015"),
                    text("2015-02-29"),
                    text(""),
                    number(0.0),
                    Given::Date(f64::NAN),
                ],
            ),
            (
                "endDate",
                vec![text("tomorrow"), Given::List(vec![]), Given::Date(1e300)],
            ),
            (
                "top",
                vec![
                    number(0.0),
                    number(10_001.0),
                    number(1.5),
                    number(-1.0),
                    number(f64::NAN),
                    number(f64::INFINITY),
                    text("10"),
                    Given::Other,
                ],
            ),
            (
                "skip",
                vec![number(-1.0), number(0.5), number(1e16), text("0")],
            ),
            (
                "aggregationLevel",
                vec![text("year"), text("Day"), number(1.0)],
            ),
            (
                "groupby",
                vec![
                    text("date"),
                    text("osName"),
                    text(""),
                    text("market,,symbol"),
                    text("market desc"),
                    Given::List(vec![]),
                    Given::List(vec![number(1.0)]),
                    number(1.0),
                    texts(&["market", "x"]),
                ],
            ),
            (
                "orderby",
                vec![
                    text("sellerId"),
                    text(""),
                    text("market down"),
                    text("market desc desc"),
                    Given::List(vec![]),
                    number(1.0),
                    texts(&["market", ""]),
                ],
            ),
            (
                "filter",
                vec![
                    text("osName eq 'x'"),
                    text(""),
                    number(1.0),
                    Given::List(vec![]),
                ],
            ),
            (
                "filter",
                vec![text(&["market eq '", &"x".repeat(9000), "'"].concat())],
            ),
        ] {
            for value in bad {
                assert_eq!(field(hits_of(&[(key, value.clone())])), key, "{value:?}");
            }
        }
    }

    #[test]
    fn what_the_list_does_not_know_is_named() {
        for key in ["groupby", "aggregationLevel", "Top", "failureHash", "limit"] {
            assert_eq!(field(details_of(&[(key, text("day"))])), key);
        }
        assert_eq!(
            field(hits_of(&[("failureHash", text(HASH))])),
            "failureHash"
        );
        // A mistaken name is a mistake even where it stands for nothing.
        assert_eq!(
            field(hits_of(&[("startdate", Given::Missing)])),
            "startdate"
        );
        assert!(details_of(&[("groupby", Given::Missing)]).is_ok());
        // What may be markup is not repeated.
        for key in ["", "<b>", &"x".repeat(41)] {
            assert_eq!(field(hits_of(&[(key, text("x"))])), "query");
        }
        for given in [
            text("top=1"),
            Given::Number(1.0),
            Given::List(vec![]),
            Given::Other,
        ] {
            assert_eq!(field(hits(&given).map(|_| String::new())), "query");
        }
    }

    #[test]
    fn days_come_in_their_order() {
        let range =
            |start: &str, end: &str| hits_of(&[("startDate", text(start)), ("endDate", text(end))]);
        assert!(range("2017-01-01", "2017-01-01").is_ok());
        assert_eq!(field(range("2017-01-02", "2017-01-01")), "startDate");
        assert!(hits_of(&[("startDate", text("9999-01-01"))]).is_ok());
    }

    #[test]
    fn a_product_is_needed_exactly_for_drivers() {
        let driver = ("method", text("driver"));
        assert_eq!(
            field(hits_of(std::slice::from_ref(&driver))),
            "applicationId"
        );
        for bad in [
            text(""),
            text("../x"),
            Given::Number(18_430_592_857_500_421.0),
            Given::Other,
        ] {
            assert_eq!(
                field(hits_of(&[driver.clone(), ("applicationId", bad)])),
                "applicationId"
            );
        }
        for method in ["ihvdriver", "hardware"] {
            let given = [("method", text(method)), ("applicationId", text("1"))];
            assert_eq!(field(details_of(&given)), "applicationId");
        }
    }

    #[test]
    fn a_batch_is_of_one_driver_and_takes_little() {
        let of = |properties: &[(&str, Given)]| {
            batch(&text(HASH), &object(properties)).map(|query| query.path_and_query())
        };
        let product = ("applicationId", text("18430592857500421"));
        let day = ("startDate", text("2017-02-26"));
        let all = [product.clone(), day, ("top", Given::Number(100.0))];
        assert_eq!(
            of(&all).unwrap(),
            "driver/cabdownloadbatch?failureHash=012e33e3-dbc9-b12f-c124-9d9810f05d8b\
             &applicationId=18430592857500421&startDate=2017-02-26&top=100"
        );
        assert!(of(&[product.clone(), ("method", text("driver"))]).is_ok());
        for (wrong, named) in [
            (("method", text("ihvdriver")), "method"),
            (("method", text("hardware")), "method"),
            (("method", text("xbox")), "method"),
            (("top", Given::Number(101.0)), "top"),
            (("filter", text("market eq 'US'")), "filter"),
            (("orderby", text("date")), "orderby"),
            (("groupby", text("market")), "groupby"),
            (("aggregationLevel", text("day")), "aggregationLevel"),
            (("endDate", text("2017-02-30")), "endDate"),
        ] {
            assert_eq!(field(of(&[product.clone(), wrong])), named);
        }
        assert_eq!(field(of(&[])), "applicationId");
        let nameless = batch(&Given::Missing, &object(&[product]));
        assert_eq!(field(nameless.map(|_| String::new())), "failureHash");
    }

    #[test]
    fn a_failure_is_named_by_an_id() {
        for bad in [
            Given::Missing,
            text(""),
            text("a b"),
            text("../x"),
            Given::Number(7.0),
            object(&[]),
        ] {
            let failure = details(&bad, &Given::Missing).unwrap_err();
            assert_eq!(failure.problem, Problem::InvalidQuery);
            assert_eq!(failure.field.as_deref(), Some("failureHash"));
        }
        assert!(
            details(
                &text("012345-5dbc9-b12f-c124-9d9810f05d8b"),
                &Given::Missing
            )
            .is_ok()
        );
    }

    fn queries() -> impl Strategy<Value = Given> {
        let key = prop::sample::select([&KEYS[..], &["other"]].concat());
        prop::collection::vec((key, anything()), 0..6).prop_map(|list| {
            let own = |(key, value): (&str, Given)| (key.to_owned(), value);
            Given::Object(list.into_iter().map(own).collect())
        })
    }

    proptest! {
        #[test]
        fn nothing_given_panics_and_nothing_leaves_its_place(given in queries()) {
            match hits(&given) {
                Ok(query) => {
                    let address = query.path_and_query();
                    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
                    prop_assert!(path.ends_with("/failurehits"));
                    let good = |b: u8| b.is_ascii_alphanumeric() || b"-._~%=&".contains(&b);
                    prop_assert!(query.bytes().all(good), "{}", query);
                }
                Err(failure) => {
                    prop_assert_eq!(failure.problem, Problem::InvalidQuery);
                    prop_assert!(failure.field.is_some());
                }
            }
        }

        #[test]
        fn values_survive_their_encoding(value in ".{0,40}") {
            let mut encoded = String::new();
            encode(&value, &mut encoded);
            let mut bytes = Vec::new();
            let mut rest = encoded.as_str();
            while !rest.is_empty() {
                if let Some(escape) = rest.strip_prefix('%') {
                    bytes.push(u8::from_str_radix(&escape[..2], 16).unwrap());
                    rest = &escape[2..];
                } else {
                    bytes.push(rest.as_bytes()[0]);
                    rest = &rest[1..];
                }
            }
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), value);
        }
    }
}
