//! The shadow tree of a `<cab-list>`: what stands in it from the beginning.

use cablink::browser::{dom, js};
use cablink::rules::panel::batch::NOTICE;
use cablink::rules::panel::column::Column;
use web_sys::{Element, HtmlElement};

use crate::drawing::{button, element, visible, with};

/// See the module's documentation.
pub(crate) struct Tree {
    pub(crate) all: Element,
    pub(crate) filter: Element,
    pub(crate) status: Element,
    pub(crate) selected: Element,
    pub(crate) download: Element,
    pub(crate) clear: Element,
    pub(crate) notice: Element,
    pub(crate) batch: Batch,
    pub(crate) problem: Panel,
    /// What went wrong with one of the rows.
    pub(crate) trouble: Panel,
    pub(crate) scroller: Element,
    pub(crate) table: Element,
    pub(crate) head: Element,
    pub(crate) select_all: Element,
    pub(crate) headings: Vec<Element>,
    pub(crate) above: Element,
    pub(crate) body: Element,
    pub(crate) below: Element,
    pub(crate) skeleton: Element,
    pub(crate) instead: Element,
    pub(crate) instead_words: Element,
    pub(crate) instead_hint: Element,
    pub(crate) zone: Element,
}

/// What is said of several downloads.
pub(crate) struct Batch {
    pub(crate) panel: Element,
    pub(crate) progress: Element,
    pub(crate) words: Element,
    pub(crate) cancel: Element,
    pub(crate) resume: Element,
    pub(crate) skip: Element,
    pub(crate) failed: Element,
    pub(crate) again: Element,
    pub(crate) close: Element,
}

/// A sentence, a next step, and a button.
pub(crate) struct Panel {
    pub(crate) panel: Element,
    pub(crate) sentence: Element,
    pub(crate) next_step: Element,
    pub(crate) button: Element,
}

fn action(part: &str, name: &str, label: &str) -> Element {
    let button = button(part, label);
    dom::set(&button, "data-do", Some(name));
    button
}

fn panel(part: &str, action_name: &str, label: &str) -> Panel {
    let sentence = element("strong", &[("part", "sentence")]);
    let next_step = element("span", &[("part", "next-step")]);
    let words = with("p", &[], &[&sentence]);
    // A text of its own, so that the two are not read as one word.
    js::call(&words, "append", &[&" ".into(), &next_step]);
    let button = action(action_name, action_name, label);
    let panel = with(
        "div",
        &[("part", part), ("class", "panel bad"), ("role", "alert")],
        &[&words, &button],
    );
    visible(&panel, false);
    Panel {
        panel,
        sentence,
        next_step,
        button,
    }
}

fn batch() -> Batch {
    let progress = element(
        "progress",
        &[
            ("part", "progress"),
            ("aria-label", "Handed to the browser"),
        ],
    );
    let words = element("p", &[("part", "batch-words"), ("role", "status")]);
    let cancel = action("cancel", "cancel", "Cancel");
    let resume = action("resume", "resume", "Continue");
    let skip = action("skip", "skip", "Leave this one out");
    let failed = action("resume", "resume", "Try the failed ones again");
    let again = action("again", "again", "Hand all over again");
    let close = action("close", "close", "Close");
    let buttons = with(
        "div",
        &[("class", "buttons")],
        &[&resume, &skip, &failed, &again, &cancel, &close],
    );
    let attributes = [
        ("part", "batch"),
        ("class", "panel"),
        ("role", "group"),
        ("aria-label", "Downloads"),
    ];
    let panel = with("div", &attributes, &[&progress, &words, &buttons]);
    visible(&panel, false);
    Batch {
        panel,
        progress,
        words,
        cancel,
        resume,
        skip,
        failed,
        again,
        close,
    }
}

impl Tree {
    pub(crate) fn build(host: &HtmlElement) -> Self {
        let filter = element(
            "input",
            &[
                ("type", "search"),
                ("part", "filter"),
                ("autocomplete", "off"),
                ("spellcheck", "false"),
            ],
        );
        let name = element("span", &[]);
        name.set_text_content(Some("Filter"));
        let label = with("label", &[], &[&name, &filter]);
        let status = element("p", &[("part", "status"), ("role", "status")]);
        let selected = element("span", &[("part", "selected"), ("role", "status")]);
        let download = action("download", "download", "Download");
        dom::set(&download, "class", Some("primary"));
        let clear = action("clear", "clear", "Clear");
        let actions = with(
            "div",
            &[("class", "actions")],
            &[&selected, &clear, &download],
        );
        let toolbar = with(
            "div",
            &[("part", "toolbar"), ("class", "toolbar")],
            &[&label, &status, &actions],
        );
        let notice = element("p", &[("part", "notice"), ("class", "notice")]);
        notice.set_text_content(Some(NOTICE));
        let batch = batch();
        let problem = panel("problem", "retry", "Try again");
        let trouble = panel("row-problem", "dismiss", "Dismiss");

        let select_all = element(
            "input",
            &[
                ("type", "checkbox"),
                ("aria-label", "Select all in view"),
                ("data-do", "all"),
            ],
        );
        let corner = with(
            "th",
            &[
                ("role", "columnheader"),
                ("class", "select"),
                ("scope", "col"),
            ],
            &[&select_all],
        );
        let head = with("tr", &[("role", "row"), ("aria-rowindex", "1")], &[&corner]);
        let headings = Column::ALL.map(|column| {
            let button = action("sort", "sort", column.heading());
            dom::set(&button, "data-column", Some(column.as_str()));
            let attributes = [
                ("role", "columnheader"),
                ("scope", "col"),
                ("class", column.as_str()),
                ("part", "heading"),
            ];
            let heading = with("th", &attributes, &[&button]);
            dom::append(&head, &heading);
            heading
        });
        let thead = with("thead", &[("role", "rowgroup")], &[&head]);
        let space = || {
            let cell = element("td", &[]);
            let row = with("tr", &[], &[&cell]);
            let body = with(
                "tbody",
                &[
                    ("class", "space"),
                    ("role", "presentation"),
                    ("aria-hidden", "true"),
                ],
                &[&row],
            );
            (body, row)
        };
        let ((above_body, above), (below_body, below)) = (space(), space());
        let body = element("tbody", &[("role", "rowgroup")]);
        let table = with(
            "table",
            &[
                ("role", "table"),
                ("part", "table"),
                ("aria-label", "Occurrences"),
                ("aria-colcount", "8"),
            ],
            &[&thead, &above_body, &body, &below_body],
        );
        let bars: Vec<Element> = (0..6).map(|_| element("span", &[])).collect();
        let bars: Vec<&Element> = bars.iter().collect();
        let skeleton = with(
            "div",
            &[("class", "skeleton"), ("aria-hidden", "true")],
            &bars,
        );
        let instead_words = element("p", &[]);
        let instead_hint = element("p", &[("class", "hint")]);
        let instead = with(
            "div",
            &[("part", "empty"), ("class", "instead")],
            &[&instead_words, &instead_hint],
        );
        let scroller = with(
            "div",
            &[
                ("class", "scroller"),
                ("part", "scroller"),
                ("tabindex", "0"),
                ("role", "region"),
                ("aria-label", "Occurrences"),
            ],
            &[&table, &skeleton, &instead],
        );
        let zone = element("p", &[("part", "zone"), ("class", "hint")]);
        let all = with(
            "div",
            &[("class", "all")],
            &[
                &toolbar,
                &notice,
                &batch.panel,
                &problem.panel,
                &trouble.panel,
                &scroller,
                &zone,
            ],
        );
        crate::drawing::listen(&all, &["click", "input", "keydown"], host, false);
        crate::drawing::listen(&scroller, &["scroll"], host, false);
        Self {
            all,
            filter,
            status,
            selected,
            download,
            clear,
            notice,
            batch,
            problem,
            trouble,
            scroller,
            table,
            head,
            select_all,
            headings: headings.into(),
            above,
            body,
            below,
            skeleton,
            instead,
            instead_words,
            instead_hint,
            zone,
        }
    }
}
