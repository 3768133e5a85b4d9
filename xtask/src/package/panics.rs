//! Takes out of the wasm what only a panic would read: its words, and where in the source it happened.
//!
//! A panic in a page ends in a trap, with or without words: nothing there prints them. Formatting them
//! and naming files and lines weighed a twentieth of what a visitor loads. rustc leaves both out of its
//! own accord only on nightly (`panic=immediate-abort`, `location-detail=none`).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::wasm::{
    self, CODE_SECTION, CUSTOM_SECTION, DATA_SECTION, IMPORT_SECTION, Reader, Sections, put_number,
};

/// No locals, `unreachable`, the end.
const TRAP: &[u8] = &[0, 0x00, 0x0b];

/// Parts of the mangled names of functions that never return: what calls one has panicked. What they
/// call in turn stays where anything else calls it.
const OF_PANICS: &[&str] = &[
    "4core9panicking",
    "9panicking15panic_with_hook",
    "panic_handler0",
    "rust_panic",
    "rust_begin_unwind",
    "slice_index_fail",
    "len_mismatch_fail",
    "assert_failed",
    "unwrap_failed",
    "expect_failed",
    "panic_already",
];

/// Parts of the mangled names, in both manglings, of functions that format. They stay in the module after the panics are gone, since
/// tables name them. They go where the module is known not to format, and nothing but a panic is seen to call one; the
/// call that begins it may be written out in place, so that seeing none is not enough.
const FORMATTING: &[&str] = &[
    "4core3fmt",
    "3fmt7Display3fmt",
    "3fmt5Debug3fmt",
    "core..fmt..Display$GT$3fmt",
    "core..fmt..Debug$GT$3fmt",
];

/// Parts of the mangled names of functions that only run where a module suspends itself for promises of JavaScript
/// (`#[wasm_bindgen(jspi)]`), which none of ours does. wasm-bindgen takes out the way to them, but a table names them.
const SUSPENDED: &[&str] = &["4jspi10task_waker", "4jspi11SpawnedTask"];

/// What panics of the standard library say. Each is a text of its own, or a piece between two numbers.
const WORDS: &[&str] = &[
    "to_digit: invalid radix -- radix must be in the range 2 to 36 inclusive",
    "assertion `left ",
    " right` failed",
    "\n  left: ",
    "\n right: ",
    "cannot access a Thread Local Storage value during or after destruction: ",
    "Attempted to initialize thread-local while it is being dropped",
    "removal index (is ",
    "swap_remove index (is ",
    "insertion index (is ",
    ") should be < len (is ",
    ") should be <= len (is ",
    "mid > len",
    "window size must be non-zero",
    "chunk size must be non-zero",
    "attempt to join into collection with len > usize::MAX",
    "capacity overflow",
    "`async fn` resumed after completion",
    "RefCell already mutably borrowed",
    "RefCell already borrowed",
    "Tried to shrink to a larger capacity",
    "called `Option::unwrap()` on a `None` value",
    "called `Result::unwrap()` on an `Err` value",
];

/// The module without words for panics, and without formatting unless it formats otherwise; as it was where it names no functions.
///
/// # Errors
/// When the bytes are no wasm module, or a function that is taken for one that never returns is called as one that does.
pub(crate) fn silence(wasm: &[u8], formats: bool) -> Result<Vec<u8>, String> {
    let unread = || "not a wasm module that can be read".to_owned();
    if let Some(name) = returning(wasm).ok_or_else(unread)? {
        return Err(format!(
            "{name} is called as if it returned: if it does, it is no part of OF_PANICS in xtask/src/package/panics.rs; \
             if another instruction leads to the trap behind the call, `returning` there has to know it"
        ));
    }
    rewrite(wasm, formats).ok_or_else(unread)
}

/// A function of [`OF_PANICS`] that is called, and after none of the calls comes what LLVM writes behind one that never
/// returns.
fn returning(wasm: &[u8]) -> Option<Option<String>> {
    const UNREACHABLE: u8 = 0x00;
    const END: u8 = 0x0b;
    let sections = Sections::of_module(wasm)?;
    let names = names_of_functions(&sections)?;
    let mut returns = BTreeMap::new();
    for body in wasm::bodies(sections.content(CODE_SECTION))? {
        for call in wasm::calls_in(body)? {
            let mut after = body[call.at.end..].iter().skip_while(|byte| **byte == END);
            let never = after.next() == Some(&UNREACHABLE);
            *returns.entry(call.number).or_insert(true) &= !never;
        }
    }
    let mut wrong = returns.into_iter().filter(|(_, returns)| *returns);
    let wrong =
        wrong.find_map(|(index, _)| names.get(&index).filter(|name| is_of(name, OF_PANICS)));
    Some(wrong.map(|name| (*name).to_owned()))
}

/// Whether one of these parts is in the name.
fn is_of(name: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| name.contains(part))
}

fn rewrite(wasm: &[u8], may_format: bool) -> Option<Vec<u8>> {
    let sections = Sections::of_module(wasm)?;
    let imported = wasm::imported_functions(sections.content(IMPORT_SECTION))?;
    let names = names_of_functions(&sections)?;
    // Comes before the data.
    let mut code_left = Vec::new();
    wasm::with_sections(wasm, |id, body| match id {
        CODE_SECTION => {
            code_left = code(body, imported, &names, may_format)?;
            Some(code_left.clone())
        }
        DATA_SECTION => data(body, &code_left, may_format),
        _ => Some(body.to_vec()),
    })
}

fn names_of_functions<'a>(sections: &Sections<'a>) -> Option<HashMap<usize, &'a str>> {
    let mut names = HashMap::new();
    for section in sections.all(CUSTOM_SECTION) {
        read_names(section, &mut names)?;
    }
    Some(names)
}

/// The names of functions, from the custom section "name".
fn read_names<'a>(section: &'a [u8], names: &mut HashMap<usize, &'a str>) -> Option<()> {
    const OF_FUNCTIONS: u8 = 1;
    let mut input = Reader::new(section);
    if input.name()? != "name" {
        return Some(());
    }
    while !input.is_empty() {
        let kind = input.take(1)?[0];
        let length = input.number()?;
        let mut part = Reader::new(input.take(length)?);
        if kind == OF_FUNCTIONS {
            for _ in 0..part.number()? {
                let index = part.number()?;
                names.insert(index, part.name()?);
            }
        }
    }
    Some(())
}

fn code(
    section: &[u8],
    imported: usize,
    names: &HashMap<usize, &str>,
    may_format: bool,
) -> Option<Vec<u8>> {
    let bodies = wasm::bodies(section)?;
    let named =
        |index: usize, parts: &[&str]| names.get(&index).is_some_and(|name| is_of(name, parts));
    let formats = |index: usize| named(index, FORMATTING);
    let panics = |index: usize| named(index, OF_PANICS);
    let only_panics_format = !may_format
        && bodies.iter().zip(imported..).all(|(body, index)| {
            let called = wasm::calls(body);
            formats(index)
                || panics(index)
                || called.is_some_and(|called| !called.into_iter().any(formats))
        });
    if !may_format && !only_panics_format {
        eprintln!(
            "The page's module formats again: see FORMATTING in xtask/src/package/panics.rs."
        );
    }
    let mut output = Vec::new();
    put_number(&mut output, bodies.len());
    for (body, index) in bodies.into_iter().zip(imported..) {
        let never_runs = panics(index) || named(index, SUSPENDED);
        let body = if never_runs || (only_panics_format && formats(index)) {
            TRAP
        } else {
            body
        };
        put_number(&mut output, body.len());
        output.extend_from_slice(body);
    }
    Some(output)
}

/// A segment of the data: where it lies in memory, and where in the section.
struct Segment {
    address: usize,
    from: usize,
    length: usize,
}

/// Puts zeros in place of each `Location`, of the name of the source file that it points to, of [`WORDS`], and of the
/// digits of numbers where nothing is left that writes one: no module that formats, in which other code than is looked at
/// here may lead to them.
fn data(section: &[u8], code: &[u8], may_format: bool) -> Option<Vec<u8>> {
    let mut output = section.to_vec();
    let segments = segments(section)?;
    for segment in &segments {
        let bytes = &section[segment.from..segment.from + segment.length];
        for (at, place) in bytes.windows(16).enumerate().step_by(4) {
            if let Some(file) = file_of(place, &segments, section) {
                output[segment.from + at..][..16].fill(0);
                output[file].fill(0);
            }
        }
    }
    let digits: String = (0..100).map(|number| format!("{number:02}")).collect();
    for segment in segments.iter().filter(|_| !may_format) {
        let bytes = &section[segment.from..segment.from + segment.length];
        if let Some(at) = position(bytes, digits.as_bytes())
            && !names(code, segment.address + at)
        {
            output[segment.from + at..][..digits.len()].fill(0);
        }
    }
    for words in WORDS {
        let mut from = 0;
        while let Some(at) = position(&output[from..], words.as_bytes()) {
            from += at;
            output[from..][..words.len()].fill(0);
        }
    }
    Some(output)
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// Whether the code holds this address, as the offset of a load or as a constant.
fn names(code: &[u8], address: usize) -> bool {
    let mut offset = Vec::new();
    put_number(&mut offset, address);
    let Some((last, start)) = offset.split_last() else {
        return false;
    };
    // A constant has a sign, which may take one byte more.
    let is_it = |part: &[u8]| part.starts_with(start) && part[start.len()] & 0x7f == *last;
    code.windows(offset.len()).any(is_it)
}

fn segments(section: &[u8]) -> Option<Vec<Segment>> {
    const ACTIVE: usize = 0;
    let mut input = Reader::new(section);
    (0..input.number()?)
        .map(|_| {
            let kind = input.number()?;
            let address = if kind == ACTIVE {
                input.address()?
            } else {
                return None;
            };
            let length = input.number()?;
            let from = input.at();
            input.take(length)?;
            Some(Segment {
                address,
                from,
                length,
            })
        })
        .collect()
}

/// Where in the section the name of the file stands, if these bytes are a `Location`: address and length
/// of the name, a line, a column.
fn file_of(bytes: &[u8], segments: &[Segment], section: &[u8]) -> Option<Range<usize>> {
    let word = |at: usize| {
        let bytes = bytes[at..at + 4].try_into().expect("four bytes");
        u32::from_le_bytes(bytes) as usize
    };
    let (address, length, line, column) = (word(0), word(4), word(8), word(12));
    let is_place = (1..100_000).contains(&line) && (1..1_000).contains(&column) && length < 1_000;
    let segment = segments.iter().filter(|_| is_place).find(|segment| {
        let end = segment.address + segment.length;
        (segment.address..end).contains(&address) && address + length <= end
    })?;
    let from = segment.from + (address - segment.address);
    let name = &section[from..from + length];
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-\\".contains(byte);
    (name.ends_with(b".rs") && name.iter().all(is_part)).then_some(from..from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with functions of these names and this data at this address.
    fn module(functions: &[(&str, &[u8])], address: usize, data: &[u8]) -> Vec<u8> {
        let mut code = Vec::new();
        put_number(&mut code, functions.len());
        let mut names = Vec::new();
        put_number(&mut names, functions.len());
        for (index, (name, body)) in functions.iter().enumerate() {
            put_number(&mut code, body.len());
            code.extend_from_slice(body);
            put_number(&mut names, index);
            put_number(&mut names, name.len());
            names.extend_from_slice(name.as_bytes());
        }
        let mut segment = vec![1, 0, 0x41];
        // Signed: with a zero more where it would look negative.
        let mut constant = Vec::new();
        put_number(&mut constant, address);
        if let Some(last) = constant.last_mut().filter(|last| **last & 0x40 != 0) {
            *last |= 0x80;
            constant.push(0);
        }
        segment.extend(constant);
        segment.push(0x0b);
        put_number(&mut segment, data.len());
        segment.extend_from_slice(data);
        let mut custom = b"\x04name\x01".to_vec();
        put_number(&mut custom, names.len());
        custom.extend(names);
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        for (id, body) in [(10, code), (11, segment), (0, custom)] {
            wasm.push(id);
            put_number(&mut wasm, body.len());
            wasm.extend(body);
        }
        wasm
    }

    fn place(name: u32, length: u32, line: u32, column: u32) -> Vec<u8> {
        [name, length, line, column]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    #[test]
    fn what_only_panics_or_suspending_runs_becomes_a_trap_and_all_else_stays() {
        let own: &[u8] = &[0, 0x41, 7, 0x1a, 0x0b];
        let functions = [
            ("_RNvNtCs1_4core9panicking9panic_fmt", own),
            ("_RNvMsa_NtCs1_4core3str5count14do_count_chars", own),
            ("_ZN7cablink5rules", own),
            (
                "_ZN6js_sys7futures4jspi10task_waker9raw_clone17h48ff18f473a79615E",
                own,
            ),
        ];
        let silent = [
            (functions[0].0, TRAP),
            functions[1],
            functions[2],
            (functions[3].0, TRAP),
        ];
        let wasm = silence(&module(&functions, 16, b""), false).expect("a module");
        assert_eq!(wasm, module(&silent, 16, b""));
    }

    #[test]
    fn what_is_called_as_if_it_returned_is_not_taken_for_a_panic() {
        let silenced = |calls: &[&[u8]]| {
            let mut functions = vec![("_RNvCs1_7___rustc10rust_panic", TRAP)];
            functions.extend(calls.iter().map(|body| ("_ZN7cablink5rules", *body)));
            silence(&module(&functions, 16, b""), true)
        };
        let panics: &[u8] = &[0, 0x10, 0, 0x00, 0x0b];
        let panics_in_a_block: &[u8] = &[0, 0x02, 0x40, 0x10, 0, 0x0b, 0x00, 0x0b];
        let goes_on: &[u8] = &[0, 0x10, 0, 0x41, 7, 0x1a, 0x0b];
        assert!(silenced(&[]).is_ok());
        assert!(silenced(&[panics]).is_ok());
        assert!(silenced(&[panics_in_a_block]).is_ok());
        // As where a branch leads to what another call has behind it.
        assert!(silenced(&[goes_on, panics]).is_ok());
        let why = silenced(&[goes_on, goes_on]).expect_err("it may return");
        assert!(
            why.contains("rust_panic is called as if it returned"),
            "{why}"
        );
    }

    #[test]
    fn formatting_goes_unless_something_else_than_a_panic_calls_it() {
        let own: &[u8] = &[0, 0x41, 7, 0x1a, 0x0b];
        let calls_the_second: &[u8] = &[0, 0x10, 1, 0x0b];
        let module_of = |caller| {
            let functions = [
                (caller, calls_the_second),
                ("_RNvMsa_NtCs1_4core3fmtNtB5_9Formatter12pad_integral", own),
                ("_ZN7cablink5rules", own),
            ];
            (functions, module(&functions, 16, b""))
        };
        let (mut functions, wasm) = module_of("_RNvNtCs1_4core9panicking9panic_fmt");
        functions[0].1 = TRAP;
        let formats = module(&functions, 16, b"");
        assert_eq!(silence(&wasm, true).expect("a module"), formats);
        functions[1].1 = TRAP;
        assert_eq!(
            silence(&wasm, false).expect("a module"),
            module(&functions, 16, b"")
        );
        let (_, wasm) = module_of("_ZN7cablink7browser");
        assert_eq!(silence(&wasm, false).expect("a module"), wasm);
    }

    #[test]
    fn places_in_the_source_become_zeros_and_nothing_else_does() {
        // At 1024 a text, at 1028 the name of a file, at 1040 places and what only looks like some.
        let mut data = b"Save".to_vec();
        data.extend(b"src/api.rs!!");
        let mut expected = b"Save".to_vec();
        expected.extend(b"\0\0\0\0\0\0\0\0\0\0!!");
        let kept = [
            place(1028, 10, 0, 1),
            place(1024, 4, 7, 7),
            place(1028, 4, 7, 7),
            place(1028, 11, 7, 7),
            place(9000, 10, 7, 7),
            place(1036, 10_000, 7, 7),
        ];
        for each in [place(1028, 10, 12, 5), place(1028, 10, 99, 80)] {
            data.extend(each);
            expected.extend([0; 16]);
        }
        for each in kept {
            data.extend(&each);
            expected.extend(each);
        }
        let wasm = silence(&module(&[], 1024, &data), false).expect("a module");
        assert_eq!(wasm, module(&[], 1024, &expected));
    }

    #[test]
    fn the_words_of_panics_become_zeros_wherever_they_stand() {
        let data = b"Save\x12removal index (is \xc0\x16) should be < len (is \xc0\x01)removal index (is capacity!";
        let expected = b"Save\x12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xc0\x16\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xc0\x01)\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0capacity!";
        let wasm = silence(&module(&[], 1024, data), false).expect("a module");
        assert_eq!(wasm, module(&[], 1024, expected));
    }

    #[test]
    fn digits_stay_where_the_code_names_them() {
        let digits: String = (0..100).map(|number| format!("{number:02}")).collect();
        let data = ["0x", &digits, "."].concat();
        let silent = ["0x", &"\0".repeat(200), "."].concat();
        let address = 0x0010_447d;
        // At 0x10447f: with a sign its last byte is another.
        let constant: &[u8] = &[0, 0x41, 0xff, 0x88, 0xc1, 0x00, 0x1a, 0x0b];
        let offset: &[u8] = &[0, 0x41, 0, 0x2f, 0, 0xff, 0x88, 0x41, 0x1a, 0x0b];
        let other: &[u8] = &[0, 0x41, 0xfe, 0x88, 0xc1, 0x00, 0x1a, 0x0b];
        for (body, expected) in [(constant, &data), (offset, &data), (other, &silent)] {
            let functions = [("_ZN7cablink5rules", body)];
            let wasm = silence(&module(&functions, address, data.as_bytes()), false);
            let expected = module(&functions, address, expected.as_bytes());
            assert_eq!(wasm.expect("a module"), expected, "{body:?}");
        }
        // Where numbers are formatted, what names them may be told otherwise than by the code.
        let formats = module(&[("_ZN7cablink5rules", other)], address, data.as_bytes());
        assert_eq!(silence(&formats, true), Ok(formats));
    }

    #[test]
    fn what_is_no_module_or_ends_early_is_refused() {
        assert!(silence(b"", false).is_err());
        let whole = module(&[("a", TRAP)], 16, b"data");
        assert!(silence(&whole[..whole.len() - 1], false).is_err());
    }
}
