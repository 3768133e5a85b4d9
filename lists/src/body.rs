//! Reads a body piece by piece, so that one without an end ends all the same.

use cablink::browser::js;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::ReadableStream;

/// What was read of a body.
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// How a body ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// As it should.
    Whole,
    /// It is longer than what is read.
    TooLong,
    /// The connection was lost, or the request aborted.
    Broken,
}

/// Reads at most so many bytes.
pub(crate) async fn read(stream: Option<ReadableStream>, max: usize) -> Body {
    let mut bytes = Vec::new();
    let reader = stream.and_then(|stream| js::call(&stream, "getReader", &[]));
    let Some(reader) = reader else {
        // No body at all.
        let end = End::Whole;
        return Body { bytes, end };
    };
    let end = loop {
        let Some(step) = js::call(&reader, "read", &[]) else {
            break End::Broken;
        };
        let Ok(step) = js::wait(step.unchecked_into::<Promise>()).await else {
            break End::Broken;
        };
        if js::flag(&step, "done") {
            break End::Whole;
        }
        let Ok(piece) = js::get(&step, "value").dyn_into::<Uint8Array>() else {
            break End::Broken;
        };
        if bytes.len() + piece.length() as usize > max {
            let rest = max - bytes.len();
            bytes.extend(
                piece
                    .subarray(0, u32::try_from(rest).unwrap_or(u32::MAX))
                    .to_vec(),
            );
            js::call(&reader, "cancel", &[]);
            break End::TooLong;
        }
        bytes.extend(piece.to_vec());
    };
    Body { bytes, end }
}
