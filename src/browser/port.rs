//! The page's end of a channel to the worker, as a value: dropping it closes the channel.
//!
//! Browsers keep an open one for as long as its other end lives, and a busy worker lives all day.

use wasm_bindgen::{JsCast, JsValue};

use crate::browser::listener::Listener;
use crate::browser::page::page;
use crate::browser::{js, worker};

/// See the module's documentation.
pub(crate) struct Port {
    /// What is posted here arrives at the other end.
    pub(crate) port: JsValue,
    _message: Listener,
}

impl Port {
    /// Hears what the worker says from now on. What comes without a port of its own is answered on this one.
    pub(crate) fn open(port: JsValue) -> Self {
        let own = port.clone();
        let message = Listener::new(port.unchecked_ref(), "message", move |event| {
            page().asked(&event, &own);
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
