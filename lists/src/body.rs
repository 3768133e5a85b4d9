//! Reads a body piece by piece, so that one without an end ends all the same.

use std::cell::Cell;

use cablink::browser::js;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
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

thread_local! {
    /// What the last body lay in. Given back to the allocator, it would be taken in bits by what slices keep, and the
    /// next body would need another.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// For the next body.
pub(crate) fn give_back(room: Vec<u8>) {
    let other = ROOM.take();
    ROOM.set(if other.capacity() > room.capacity() {
        other
    } else {
        room
    });
}

/// Reads at most so many bytes; `in_part`: whether what was read of a body that is longer, or that broke off, is of use.
///
/// The pieces stay JavaScript's until the last has come: memory of wasm is never given back, so it
/// must not grow by steps, and each piece is copied once.
pub(crate) async fn read(stream: Option<ReadableStream>, max: usize, in_part: bool) -> Body {
    let pieces = Array::new();
    let mut len = 0;
    let end = match stream.and_then(|stream| js::call(&stream, "getReader", &[])) {
        Some(reader) => collect(&reader, max, &pieces, &mut len).await,
        // No body at all.
        None => End::Whole,
    };
    // What is of no use in part is not copied.
    if !in_part && !matches!(end, End::Whole) {
        let bytes = Vec::new();
        return Body { bytes, end };
    }
    // What is of use in part is short and of an error. It comes back to nobody: the room waits for the next list.
    let mut bytes = if in_part { Vec::new() } else { ROOM.take() };
    bytes.clear();
    bytes.resize(len, 0);
    let mut rest = bytes.as_mut_slice();
    for piece in pieces.iter() {
        let piece: Uint8Array = piece.unchecked_into();
        let (room, after) = rest.split_at_mut(piece.length() as usize);
        piece.copy_to(room);
        rest = after;
    }
    Body { bytes, end }
}

async fn collect(reader: &JsValue, max: usize, pieces: &Array, len: &mut usize) -> End {
    loop {
        let Some(step) = js::call(reader, "read", &[]) else {
            return End::Broken;
        };
        let Ok(step) = js::wait(step.unchecked_into::<Promise>()).await else {
            return End::Broken;
        };
        if js::flag(&step, "done") {
            return End::Whole;
        }
        let Ok(piece) = js::get(&step, "value").dyn_into::<Uint8Array>() else {
            return End::Broken;
        };
        let whole = piece.length() as usize;
        let taken = whole.min(max - *len);
        *len += taken;
        if taken < whole {
            pieces.push(&piece.subarray(0, u32::try_from(taken).unwrap_or(u32::MAX)));
            js::call(reader, "cancel", &[]);
            return End::TooLong;
        }
        pieces.push(&piece);
    }
}
