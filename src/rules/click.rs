//! May this click be taken? The whole etiquette, on plain facts.

/// What is known about a click on one of our links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Click<'a> {
    /// The host's own handler has dealt with it.
    pub default_prevented: bool,
    /// 0 is the main button, and a keyboard's Enter.
    pub button: i16,
    /// Control: a new tab on Windows and Linux.
    pub ctrl: bool,
    /// Command: a new tab on macOS.
    pub meta: bool,
    /// A new window.
    pub shift: bool,
    /// "Save link as" in Chromium, which no worker sees.
    pub alt: bool,
    /// The link's `target`.
    pub target: &'a str,
}

/// What to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Prevent the navigation and start the download.
    Take,
    /// Let the browser navigate; the link's address carries a ticket by now.
    Leave,
}

/// Decides.
///
/// Whether the event is trusted does not count here: only script of the portal's own origin can
/// make one that is not, and that may call `download()` as well.
#[must_use]
pub fn decide(click: Click<'_>) -> Decision {
    let modified = click.ctrl || click.meta || click.shift || click.alt;
    // A new tab or a frame of the host's is where the person or the host wants it.
    let elsewhere = !click.target.is_empty() && !click.target.eq_ignore_ascii_case("_self");
    if click.default_prevented || click.button != 0 || modified || elsewhere {
        Decision::Leave
    } else {
        Decision::Take
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    const PLAIN: Click<'static> = Click {
        default_prevented: false,
        button: 0,
        ctrl: false,
        meta: false,
        shift: false,
        alt: false,
        target: "",
    };

    #[test]
    fn the_table() {
        use Decision::{Leave, Take};
        let table: &[(&str, Click<'_>, Decision)] = &[
            ("plain", PLAIN, Take),
            (
                "own target",
                Click {
                    target: "_self",
                    ..PLAIN
                },
                Take,
            ),
            (
                "own target, spelt otherwise",
                Click {
                    target: "_SELF",
                    ..PLAIN
                },
                Take,
            ),
            (
                "handled by the host",
                Click {
                    default_prevented: true,
                    ..PLAIN
                },
                Leave,
            ),
            ("middle button", Click { button: 1, ..PLAIN }, Leave),
            ("right button", Click { button: 2, ..PLAIN }, Leave),
            ("back button", Click { button: 3, ..PLAIN }, Leave),
            (
                "no button",
                Click {
                    button: -1,
                    ..PLAIN
                },
                Leave,
            ),
            (
                "control",
                Click {
                    ctrl: true,
                    ..PLAIN
                },
                Leave,
            ),
            (
                "command",
                Click {
                    meta: true,
                    ..PLAIN
                },
                Leave,
            ),
            (
                "shift",
                Click {
                    shift: true,
                    ..PLAIN
                },
                Leave,
            ),
            ("alt", Click { alt: true, ..PLAIN }, Leave),
            (
                "new tab",
                Click {
                    target: "_blank",
                    ..PLAIN
                },
                Leave,
            ),
            (
                "parent",
                Click {
                    target: "_parent",
                    ..PLAIN
                },
                Leave,
            ),
            (
                "top",
                Click {
                    target: "_top",
                    ..PLAIN
                },
                Leave,
            ),
            (
                "named",
                Click {
                    target: "files",
                    ..PLAIN
                },
                Leave,
            ),
        ];
        for (name, click, decision) in table {
            assert_eq!(decide(*click), *decision, "{name}");
        }
    }

    #[test]
    fn of_all_combinations_exactly_the_plain_ones_are_taken() {
        let mut taken = 0;
        for bits in 0..32_u8 {
            let bit = |n: u8| bits & (1 << n) != 0;
            for button in [-1, 0, 1, 2, 3, 4] {
                for target in ["", "_self", "_blank", "_top"] {
                    let click = Click {
                        default_prevented: bit(0),
                        button,
                        ctrl: bit(1),
                        meta: bit(2),
                        shift: bit(3),
                        alt: bit(4),
                        target,
                    };
                    taken += u32::from(decide(click) == Decision::Take);
                }
            }
        }
        assert_eq!(taken, 2);
    }
}
