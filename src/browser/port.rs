//! The page's end of a channel to the worker, as a value: dropping it closes the channel.
//!
//! Browsers keep an open one for as long as its other end lives, and a busy worker lives all day.

use wasm_bindgen::{JsCast, JsValue};

use crate::browser::listener::Listener;
use crate::browser::page::page;
use crate::browser::{js, worker};

/// See the module's documentation.
pub(crate) struct Port {
    /// Where the worker is answered.
    pub(crate) port: JsValue,
    _message: Listener,
}

impl Port {
    /// Hears what the worker reports from now on.
    pub(crate) fn open(port: JsValue) -> Self {
        let own = port.clone();
        let message = Listener::new(port.unchecked_ref(), "message", move |event| {
            page().heard(&js::get(&event, "data"), own.clone());
        });
        js::call(&port, "start", &[]);
        Self {
            port,
            _message: message,
        }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        worker::close(&self.port);
    }
}
