//! Numbers the locals of each function by how often they are used, roughly, and then by where first.
//!
//! wasm-opt goes by how often alone. Two functions that do alike then name their locals alike less often, and compression
//! finds less: it is worth 0.1 % of a module.

use std::cmp::Reverse;

use super::wasm::{
    self, CODE_SECTION, FUNCTION_SECTION, Reader, Sections, TYPE_SECTION, put_number,
};

/// The module with its locals numbered so.
///
/// # Errors
/// When the bytes are no wasm module, or have types of more than a byte.
pub(crate) fn sort_locals(wasm: &[u8]) -> Result<Vec<u8>, String> {
    sorted(wasm).ok_or_else(|| "not a wasm module whose locals can be numbered anew".to_owned())
}

fn sorted(wasm: &[u8]) -> Option<Vec<u8>> {
    let sections = Sections::of_module(wasm)?;
    let parameters = parameters(sections.content(TYPE_SECTION))?;
    let mut signatures = Reader::new(sections.content(FUNCTION_SECTION));
    let functions = signatures.number()?;
    wasm::with_sections(wasm, |id, content| {
        if id != CODE_SECTION {
            return Some(content.to_vec());
        }
        let bodies = wasm::bodies(content)?;
        if bodies.len() != functions {
            return None;
        }
        let mut changed = Vec::new();
        put_number(&mut changed, functions);
        for body in bodies {
            let parameters = *parameters.get(signatures.number()?)?;
            let body = function(body, parameters)?;
            put_number(&mut changed, body.len());
            changed.extend(body);
        }
        Some(changed)
    })
}

/// How many parameters each signature has.
fn parameters(section: &[u8]) -> Option<Vec<usize>> {
    const FUNCTION: u8 = 0x60;
    let mut input = Reader::new(section);
    let mut counts = Vec::new();
    for _ in 0..input.number()? {
        if input.take(1)?[0] != FUNCTION {
            return None;
        }
        let count = input.number()?;
        counts.push(count);
        skip_types(&mut input, count)?;
        let results = input.number()?;
        skip_types(&mut input, results)?;
    }
    Some(counts)
}

fn skip_types(input: &mut Reader<'_>, count: usize) -> Option<()> {
    (0..count).try_for_each(|_| input.plain_type().map(|_| ()))
}

fn function(body: &[u8], parameters: usize) -> Option<Vec<u8>> {
    let mut input = Reader::new(body);
    let mut types = Vec::new();
    for _ in 0..input.number()? {
        let count = input.number()?;
        let of = input.plain_type()?;
        types.extend(std::iter::repeat_n(of, count));
    }
    let found = wasm::mentions(body, wasm::OF_LOCALS)?;
    let mut uses = vec![(0_usize, usize::MAX); types.len()];
    for (at, mention) in found.iter().enumerate() {
        // Parameters come first and keep their numbers.
        if let Some(local) = mention.number.checked_sub(parameters) {
            let (count, first) = uses.get_mut(local)?;
            *count += 1;
            *first = at.min(*first);
        }
    }
    let mut order: Vec<usize> = (0..types.len()).collect();
    order.sort_by_key(|&local| {
        let (count, first) = uses[local];
        let roughly = usize::BITS - count.leading_zeros();
        // By type before all else, for there is one entry for each run of a type.
        (Reverse((types[local], roughly)), first)
    });
    let mut numbers = vec![0; types.len()];
    for (new, &old) in order.iter().enumerate() {
        numbers[old] = parameters + new;
    }
    let runs: Vec<&[usize]> = order
        .chunk_by(|one, other| types[*one] == types[*other])
        .collect();
    let mut output = Vec::new();
    put_number(&mut output, runs.len());
    for run in runs {
        put_number(&mut output, run.len());
        output.push(types[run[0]]);
    }
    let code = wasm::renumbered(body, input.at(), &found, |old| {
        match old.checked_sub(parameters) {
            None => Some(old),
            Some(local) => numbers.get(local).copied(),
        }
    })?;
    output.extend(code);
    Some(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    const I32: u8 = 0x7f;
    const I64: u8 = 0x7e;

    /// A module with one function, of two parameters.
    fn module(body: &[u8]) -> Vec<u8> {
        let mut code = vec![1];
        put_number(&mut code, body.len());
        code.extend_from_slice(body);
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        for (id, section) in [
            (TYPE_SECTION, vec![1, 0x60, 2, I32, I32, 0]),
            (FUNCTION_SECTION, vec![1, 0]),
            (CODE_SECTION, code),
        ] {
            wasm.push(id);
            put_number(&mut wasm, section.len());
            wasm.extend(section);
        }
        wasm
    }

    #[test]
    fn locals_are_numbered_by_type_and_use_and_parameters_stay() {
        // Number 3 is a long one; 4 is used four times, 5 and then 2 once, 6 never.
        let before = [
            3, 1, I32, 1, I64, 3, I32, // two runs of the same type
            0x20, 5, 0x20, 4, 0x22, 4, 0x20, 1, 0x21, 4, 0x20, 2, 0x20, 4, 0x20, 3, 0x41, 4, 0x0b,
        ];
        let after = [
            2, 4, I32, 1, I64, // the constant at the end is no local
            0x20, 3, 0x20, 2, 0x22, 2, 0x20, 1, 0x21, 2, 0x20, 4, 0x20, 2, 0x20, 6, 0x41, 4, 0x0b,
        ];
        let sorted = sort_locals(&module(&before)).expect("a module");
        assert_eq!(sorted, module(&after));
        assert_eq!(sort_locals(&sorted).as_ref(), Ok(&sorted), "it stays so");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert!(sort_locals(b"").is_err());
        for body in [
            // A local that there is not, a type of two bytes, an instruction that is not known.
            [1, 1, I32, 0x20, 3, 0x0b].as_slice(),
            &[1, 1, 0x63, 0x70, 0x0b],
            &[0, 0x06, 0x40, 0x0b],
        ] {
            assert!(sort_locals(&module(body)).is_err());
        }
        // One signature more than there are bodies.
        let mut other = module(&[0, 0x0b]);
        let at = other
            .windows(4)
            .position(|part| part == [FUNCTION_SECTION, 2, 1, 0]);
        let at = at.expect("it has one");
        other.splice(at..at + 4, [FUNCTION_SECTION, 3, 2, 0, 0]);
        assert!(sort_locals(&other).is_err());
    }
}
