//! The rules of the lists against the description of the API: same fields, same limits, and every
//! example is decoded.
#![cfg(not(target_family = "wasm"))]

use std::fs;
use std::path::Path;

use cablink::rules::id::{ApplicationId, FailureHash, Method};
use cablink::rules::list::envelope::{NextLink, decode};
use cablink::rules::list::method::{Aggregation, List, exists, rules};
use cablink::rules::list::query::Asked;
use cablink::rules::list::row::Kind;
use cablink::rules::list::{batch, details, hits, next_link};
use cablink::rules::outcome::service_text;
use serde_json::{Map, Number, Value};
use yaml_rust2::{Yaml, YamlLoader};

fn description() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack/openapi.yaml");
    let text = fs::read_to_string(path).expect("the description can be read");
    json(&YamlLoader::load_from_str(&text).expect("it is YAML")[0])
}

/// Numbers stay as they are written: `1.0` is what the decoder has to take.
fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Integer(number) => Value::from(*number),
        Yaml::Real(text) => Value::Number(text.parse::<Number>().expect("a number")),
        Yaml::Boolean(truth) => Value::Bool(*truth),
        Yaml::Array(items) => items.iter().map(json).collect(),
        Yaml::Hash(fields) => {
            let pair = |(key, value): (&Yaml, &Yaml)| {
                let key = key.as_str().map(ToOwned::to_owned);
                (key.expect("a key is a text"), json(value))
            };
            Value::Object(fields.iter().map(pair).collect())
        }
        Yaml::Null => Value::Null,
        other => panic!("{other:?} in a description"),
    }
}

/// Each list of each family that has it.
fn lists() -> impl Iterator<Item = (Method, List)> {
    Method::ALL.into_iter().flat_map(|method| {
        let all = [List::Hits, List::Details, List::Batch];
        let here = move |list: &List| exists(method, *list);
        all.into_iter().filter(here).map(move |list| (method, list))
    })
}

fn operation<'a>(api: &'a Value, method: Method, path: &str) -> &'a Value {
    let path = format!("/{}/{path}", method.as_str());
    let found = &api["paths"][&path]["get"];
    assert!(found.is_object(), "no {path}");
    found
}

/// The parameters of an operation, by name, references resolved.
fn parameters(api: &Value, operation: &Value) -> Map<String, Value> {
    let list = operation["parameters"].as_array().expect("parameters");
    list.iter()
        .map(|parameter| match parameter["$ref"].as_str() {
            Some(reference) => resolved(api, reference),
            None => parameter,
        })
        .map(|parameter| {
            let name = parameter["name"].as_str().expect("a name");
            (name.to_owned(), parameter.clone())
        })
        .collect()
}

fn resolved<'a>(api: &'a Value, reference: &str) -> &'a Value {
    let pointer = reference.strip_prefix('#').expect("inside of the file");
    api.pointer(pointer)
        .unwrap_or_else(|| panic!("no {reference}"))
}

fn sorted(fields: &[&str]) -> Vec<String> {
    let mut fields: Vec<_> = fields.iter().map(|field| (*field).to_owned()).collect();
    fields.sort();
    fields
}

/// The documented fields of a clause, those that only an example shows included.
fn documented(parameter: &Value) -> Vec<String> {
    let mut fields: Vec<_> = ["x-fields", "x-fields-from-example-only"]
        .iter()
        .flat_map(|key| parameter[key].as_array().into_iter().flatten())
        .map(|field| field.as_str().expect("a name").to_owned())
        .collect();
    fields.sort();
    fields
}

#[test]
fn every_clause_has_the_documented_fields() {
    let api = description();
    for (method, list) in lists() {
        let rules = rules(method, list);
        let parameters = parameters(&api, operation(&api, method, list.as_str()));
        let place = format!("{method:?} {list:?}");
        let clauses = [
            ("filter", Some(rules.filter)),
            ("orderby", Some(rules.orderby)),
            ("groupby", rules.groupby),
        ];
        for (name, fields) in clauses {
            let fields = fields.filter(|fields| !fields.is_empty());
            let documented = parameters.get(name).map(documented);
            assert_eq!(fields.map(sorted), documented, "{place} {name}");
        }
        assert_eq!(
            parameters.contains_key("aggregationLevel"),
            list == List::Hits,
            "{place}"
        );
        let required = |name: &str| parameters.get(name).is_some_and(|p| p["required"] == true);
        assert_eq!(required("applicationId"), rules.application, "{place}");
        assert_eq!(required("failureHash"), list != List::Hits, "{place}");
        assert_eq!(parameters["top"]["schema"]["maximum"], rules.top, "{place}");
        let known = [
            "applicationId",
            "failureHash",
            "startDate",
            "endDate",
            "top",
            "skip",
            "filter",
            "orderby",
            "groupby",
            "aggregationLevel",
        ];
        for name in parameters.keys() {
            assert!(known.contains(&name.as_str()), "{place} has {name}");
        }
    }
    for method in Method::ALL {
        let download = parameters(&api, operation(&api, method, "cabdownload"));
        assert_eq!(download["cabIdHash"]["required"], true);
        assert_eq!(
            download.contains_key("applicationId"),
            method.needs_application()
        );
    }
}

/// No list and no download that is described is unknown here, and the other way round.
#[test]
fn every_described_method_is_one_of_ours() {
    let api = description();
    let described = api["paths"].as_object().expect("paths");
    let mut ours: Vec<String> = lists()
        .map(|(method, list)| format!("/{}/{}", method.as_str(), list.as_str()))
        .chain(Method::ALL.map(|method| format!("/{}/cabdownload", method.as_str())))
        .collect();
    let mut described: Vec<String> = described.keys().cloned().collect();
    ours.sort();
    described.sort();
    assert_eq!(ours, described);
}

#[test]
fn spans_are_the_documented_ones() {
    let api = description();
    let levels = Aggregation::ALL.map(Aggregation::as_str);
    let parameter = &api["components"]["parameters"]["AggregationLevel"];
    assert_eq!(parameter["schema"]["enum"], Value::from(levels.to_vec()));
}

#[test]
fn every_field_of_a_row_is_known_with_its_type() {
    let api = description();
    for (method, list) in lists() {
        let content = &operation(&api, method, list.as_str())["responses"]["200"]["content"];
        let page = content["application/json"]["schema"]["$ref"].as_str();
        let page = resolved(&api, page.expect("a page"));
        let row = page["properties"]["Value"]["items"]["$ref"].as_str();
        let row = resolved(&api, row.expect("a row"));
        let fields = match list {
            List::Hits => hits::FIELDS,
            List::Details => details::FIELDS,
            List::Batch => batch::FIELDS,
        };
        for name in row["properties"].as_object().expect("fields").keys() {
            let kind = fields.iter().find(|(field, _)| field == name);
            let expected = match name.as_str() {
                // Never in a row that anybody sees.
                "cabUrl" => None,
                name if name.ends_with("Count") => Some(Kind::Count),
                _ => Some(Kind::Text),
            };
            assert_eq!(kind.map(|(_, kind)| *kind), expected, "{method:?} {name}");
        }
    }
}

/// The examples of a status, as the service would send them.
fn examples(api: &Value, response: &Value) -> Vec<Value> {
    let response = match response["$ref"].as_str() {
        Some(reference) => resolved(api, reference),
        None => response,
    };
    let examples = response["content"]["application/json"]["examples"].as_object();
    let values = examples.into_iter().flat_map(Map::values);
    values.map(|example| example["value"].clone()).collect()
}

#[test]
fn every_example_of_a_list_is_decoded() {
    let api = description();
    for (method, list) in lists() {
        let response = &operation(&api, method, list.as_str())["responses"]["200"];
        let examples = examples(&api, response);
        assert!(!examples.is_empty(), "{method:?} {list:?}");
        for example in examples {
            let page = decode(example.to_string().into(), list)
                .unwrap_or_else(|why| panic!("{example}: {why:?}"));
            let rows: Vec<Value> = serde_json::from_str(&page.rows.text()).expect("rows are JSON");
            let mut sent = example["Value"].as_array().expect("a list").clone();
            let addresses: Vec<(String, String)> = sent
                .iter_mut()
                .filter_map(|row| {
                    let url = row.as_object_mut()?.remove("cabUrl")?;
                    Some((row["cabIdHash"].as_str()?.into(), url.as_str()?.into()))
                })
                .collect();
            assert_eq!(addresses.is_empty(), list != List::Batch || sent.is_empty());
            let kept: Vec<(String, String)> = page
                .addresses
                .iter()
                .map(|(id, address)| (id.clone(), address.expose().to_owned()))
                .collect();
            assert_eq!(kept, addresses);
            // Documented texts are texts, counts are numbers: nothing has to change.
            assert_eq!(rows, sent);
            assert_eq!(page.total, example["TotalCount"].as_u64(), "{example}");
            match &example["@nextLink"] {
                Value::String(link) => {
                    assert_eq!(page.next, Some(NextLink::Text(link.clone())));
                    let base = "https://portal.example/devcenter/";
                    assert!(
                        next_link::path_and_query(link, base, &asked(method, list)).is_some(),
                        "{link}"
                    );
                }
                _ => assert_eq!(page.next, None),
            }
        }
    }
}

/// What the examples would be slices of.
fn asked(method: Method, list: List) -> Asked {
    let hash = FailureHash::parse("012e33e3-dbc9-b12f-c124-9d9810f05d8b").expect("an id");
    Asked {
        method,
        list,
        application: rules(method, list)
            .application
            .then(|| ApplicationId::parse("18430592857500421").expect("an id")),
        failure_hash: (list != List::Hits).then_some(hash),
    }
}

#[test]
fn every_example_of_an_error_is_understood() {
    let api = description();
    let mut understood = 0;
    for (name, response) in api["components"]["responses"]
        .as_object()
        .expect("responses")
    {
        for example in examples(&api, response) {
            let (_, message) = service_text(|path| {
                let value =
                    path.split('.')
                        .try_fold(&example, |value, key| match key.parse::<usize>() {
                            Ok(index) => value.get(index),
                            Err(_) => value.get(key),
                        });
                value?.as_str().map(ToOwned::to_owned)
            });
            assert!(message.is_some(), "{name}: {example}");
            understood += 1;
        }
    }
    assert!(understood >= 3, "{understood} examples");
}
