//! Dates and numbers as the page's language writes them, and times in the person's own zone.

use cablink::browser::js;
use cablink::rules::panel::moment::Moment;
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use web_sys::Element;

/// See the module's documentation.
pub(crate) struct Formats {
    moment: JsValue,
    day: JsValue,
    /// A day that the service counts is the same day in every zone.
    day_alone: JsValue,
    number: JsValue,
    /// The name of the person's zone, such as `Europe/Berlin`.
    pub(crate) zone: String,
}

impl Formats {
    /// For the language that the element stands in, else the browser's own.
    pub(crate) fn of(host: &Element) -> Self {
        let locale = host
            .closest("[lang]")
            .ok()
            .flatten()
            .and_then(|element| element.get_attribute("lang"))
            .filter(|lang| !lang.is_empty());
        let dates = |options: &[(&str, &str)]| {
            let options: Vec<_> = options
                .iter()
                .map(|(name, value)| (*name, JsValue::from(*value)))
                .collect();
            made("DateTimeFormat", locale.as_deref(), js::object(&options))
        };
        let moment = dates(&[("dateStyle", "medium"), ("timeStyle", "short")]);
        let resolved = js::call(&moment, "resolvedOptions", &[]).unwrap_or_default();
        Self {
            day: dates(&[("dateStyle", "medium")]),
            day_alone: dates(&[("dateStyle", "medium"), ("timeZone", "UTC")]),
            number: made("NumberFormat", locale.as_deref(), JsValue::UNDEFINED),
            zone: js::text(&resolved, "timeZone").unwrap_or_default(),
            moment,
        }
    }

    /// Day and time.
    pub(crate) fn moment(&self, moment: Moment) -> String {
        let format = if moment.day_only {
            &self.day_alone
        } else {
            &self.moment
        };
        written(format, moment.ms)
    }

    /// The day alone.
    pub(crate) fn day(&self, moment: Moment) -> String {
        let format = if moment.day_only {
            &self.day_alone
        } else {
            &self.day
        };
        written(format, moment.ms)
    }

    pub(crate) fn number(&self, number: usize) -> String {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let number = number as f64;
        written(&self.number, number)
    }
}

fn written(format: &JsValue, value: f64) -> String {
    js::call(format, "format", &[&value.into()])
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// A format of `Intl`; in the browser's own language where the page names one that is none.
fn made(class: &str, locale: Option<&str>, options: JsValue) -> JsValue {
    let intl = js::get(&js_sys::global(), "Intl");
    let Some(class) = js::function(&intl, class) else {
        return JsValue::UNDEFINED;
    };
    let with = |locale: JsValue| {
        let arguments: Array = [locale, options.clone()].into_iter().collect();
        Reflect::construct(&class, &arguments).ok()
    };
    locale
        .and_then(|locale| with(locale.into()))
        .or_else(|| with(JsValue::UNDEFINED))
        .unwrap_or_default()
}
