//! Reads rows, as the service or a host gives them, into what the table is made of.

use cablink::browser::js;
use cablink::rules::id::{CabIdHash, Method};
use cablink::rules::panel::column::{Column, joined};
use cablink::rules::panel::link::label;
use cablink::rules::panel::moment::Moment;
use cablink::rules::panel::table::Row;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::Element;

use super::formats::Formats;

/// What stands between the values of a row, and between rows; it is in no value.
const VALUE_END: char = '\u{1f}';
const ROW_END: char = '\u{1e}';

/// Fields that are searched, though no column shows them.
const SEARCHED: &[&str] = &[
    "cabIdHash",
    "symbol",
    "driverName",
    "moduleName",
    "deviceType",
];

/// The rows of a list. All values come over as one text: asking ten thousand objects for ten
/// properties each takes longer than sorting them.
pub(crate) fn rows(
    host: &Element,
    rows: &Array,
    method: Method,
    formats: &Formats,
) -> Option<Vec<Row>> {
    let columns = Column::ALL.map(|column| column.fields(method));
    let fields: Vec<&str> = columns
        .iter()
        .flat_map(|fields| fields.iter())
        .chain(SEARCHED)
        .copied()
        .collect();
    let names: Array = fields.iter().map(|name| JsValue::from(*name)).collect();
    let texts = js::call(host, "texts", &[rows, &names])?.as_string()?;
    if rows.length() == 0 {
        return Some(Vec::new());
    }
    Some(
        texts
            .split(ROW_END)
            .map(|text| row(text, &columns, formats))
            .collect(),
    )
}

fn row(text: &str, columns: &[&'static [&'static str]; 7], formats: &Formats) -> Row {
    let mut values = text.split(VALUE_END);
    let mut taken: [Vec<Option<String>>; 7] = std::array::from_fn(|_| Vec::new());
    for (fields, taken) in columns.iter().zip(&mut taken) {
        for _ in *fields {
            let value = values.next().filter(|value| !value.is_empty());
            taken.push(value.map(ToOwned::to_owned));
        }
    }
    let more: Vec<&str> = values.collect();
    let first = |column: Column| taken[column as usize].first().cloned().flatten();
    let date = first(Column::Date);
    let expires = first(Column::Expires);
    let moment = |text: &Option<String>| text.as_deref().and_then(Moment::parse);
    let (date_read, expires_read) = (moment(&date), moment(&expires));
    let [cab_type, id] = taken[Column::Cab as usize].as_slice() else {
        return Row::default();
    };
    let cab = id
        .as_deref()
        .and_then(|id| CabIdHash::parse_attribute(id).ok())
        .map(|id| id.as_str().to_owned());
    let cells = Column::ALL.map(|column| match column {
        Column::Cab => named(cab_type.as_deref(), id.as_deref()),
        // What cannot be read is shown as it came.
        Column::Date => date_read.map_or_else(
            || date.clone().unwrap_or_default(),
            |moment| formats.moment(moment),
        ),
        Column::Expires => expires_read.map_or_else(
            || expires.clone().unwrap_or_default(),
            |moment| formats.day(moment),
        ),
        _ => joined(&taken[column as usize]),
    });
    Row::new(cab, cells, date_read, expires_read, &more.join("\n"))
}

/// What a row's link is called.
fn named(cab_type: Option<&str>, id: Option<&str>) -> String {
    let name = label(id.unwrap_or_default());
    match cab_type.map(str::trim_ascii) {
        Some(cab_type) if !cab_type.is_empty() => name.replacen("CAB", cab_type, 1),
        _ => name,
    }
}
