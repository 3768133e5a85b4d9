//! What servers, frames and the browser say to the doctor: headers, sandboxes, names of errors and directives.
#![no_main]

use cablink::rules::doctor::endpoint::{Answer, Answered};
use cablink::rules::doctor::page::{Embedding, Framed, Parts, Recovery, Types};
use cablink::rules::doctor::worker::{File, Registered, Served};
use cablink::rules::doctor::{Facts, Given};
use cablink::rules::text::media_type;
use cablink_fuzz::{doctor, lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [
        endpoint,
        choices,
        status,
        coep,
        sandbox,
        allowed,
        content_type,
        error,
        directive,
        policy,
    ] = lines(data);
    let Some(given) = doctor::given(&endpoint, "") else {
        return;
    };
    let texts = [
        coep,
        sandbox,
        allowed,
        content_type,
        error,
        directive,
        policy,
    ];
    let both = texts.map(|text| doctor::with_secrets(&text));
    let of = |at: usize| {
        both.clone()
            .map(|[one, other]| if at == 0 { one } else { other })
    };
    let [one, other] = [0, 1].map(|at| facts(&given, choices.as_bytes(), &status, of(at)));
    let report = doctor::report(&given, [&one, &other]);

    let is = |name| {
        report
            .iter()
            .find(|check| check.name == name)
            .and_then(|check| check.ok)
    };
    // A token goes only to what asks for one, and a page is no endpoint.
    if one.endpoint.takes_tokens() {
        assert_ne!(is("endpoint"), Some(false));
        assert!(
            !matches!(&one.endpoint.plain, Some(Answer::Answered(answered)) if answered.media_type == "text/html")
        );
    }
    if is("worker_type") == Some(true) {
        assert!(of(0)[3].to_ascii_lowercase().contains("script"));
    }
    let [_, sandbox, ..] = of(0);
    if is("sandbox") == Some(true)
        && one
            .page
            .embedding
            .as_ref()
            .is_some_and(|all| !all.sandboxes.is_empty())
    {
        let sandbox = sandbox.to_ascii_lowercase();
        assert!(sandbox.contains("allow-downloads") && sandbox.contains("allow-popups"));
    }
    if is("registration") == Some(true) {
        assert_eq!(one.worker.registered, Some(Registered::Active));
    }
});

/// A choice between some things, by a byte of the input; the first without one.
fn choose<T: Clone>(choices: &[u8], at: usize, all: &[T]) -> T {
    let byte = usize::from(choices.get(at).copied().unwrap_or(b'0'));
    all[byte.wrapping_sub(usize::from(b'0')) % all.len()].clone()
}

fn facts(given: &Given, choices: &[u8], status: &str, texts: [String; 7]) -> Facts {
    let [
        coep,
        sandbox,
        allowed,
        content_type,
        error,
        directive,
        policy,
    ] = texts;
    let status = status.parse().unwrap_or(200);
    let media_type = media_type(&content_type);
    let answered = |challenge| {
        Answer::Answered(Answered {
            status,
            media_type: media_type.clone(),
            challenge,
        })
    };
    let answers = [
        None,
        Some(answered(true)),
        Some(answered(false)),
        Some(Answer::Redirected),
        Some(Answer::Unreachable),
        Some(Answer::Forbidden),
    ];
    let truths = [None, Some(true), Some(false)];

    let mut facts = Facts::default();
    facts.page.secure = choose(choices, 0, &truths);
    facts.page.embedding = Some(Embedding {
        sandboxes: choose(choices, 1, &[Vec::new(), vec![sandbox]]),
        by_another_origin: choose(choices, 2, &[false, true]),
    });
    facts.page.parts = choose(
        choices,
        3,
        &[
            None,
            Some(Parts::Loaded),
            Some(Parts::Forbidden),
            Some(Parts::Missing),
        ],
    );
    facts.page.coep = choose(choices, 4, &[Some(coep), None]);
    facts.page.frame = choose(
        choices,
        5,
        &[
            None,
            Some(Framed::Shown),
            Some(Framed::Forbidden),
            Some(Framed::Refused),
            Some(Framed::Bypassed),
            Some(Framed::Silent),
        ],
    );
    facts.page.frame_is_hidden = choose(choices, 6, &truths);
    facts.page.recovery = choose(
        choices,
        7,
        &[
            Some(Recovery {
                status,
                media_type: media_type.clone(),
            }),
            None,
        ],
    );
    facts.worker.offered = choose(choices, 8, &truths);
    let served = |policy| {
        Some(File::Served(Served {
            status,
            content_type: content_type.clone(),
            allowed: Some(allowed.clone()),
            policy,
        }))
    };
    facts.worker.file = choose(
        choices,
        9,
        &[
            served(Some(policy)),
            served(None),
            None,
            Some(File::Redirected),
            Some(File::Unreachable),
            Some(File::Forbidden),
        ],
    );
    facts.worker.types = choose(
        choices,
        10,
        &[
            None,
            Some(Types::Unknown),
            Some(Types::Allowed),
            Some(Types::Refused),
        ],
    );
    facts.worker.registered = choose(
        choices,
        11,
        &[
            Some(Registered::Refused { error, directive }),
            None,
            Some(Registered::Active),
            Some(Registered::Inactive),
        ],
    );
    facts.worker.version = choose(
        choices,
        12,
        &[None, Some(None), Some(Some(f64::from(status)))],
    );
    facts.worker.endpoint =
        doctor::target(given.config.endpoint.base()).map(|(_, address)| address);
    facts.worker.page = doctor::target("").map(|(_, address)| address);
    facts.endpoint.plain = choose(choices, 13, &answers);
    facts.endpoint.preflighted = choose(choices, 14, &answers);
    facts.endpoint.reachable = choose(choices, 15, &truths);
    facts.endpoint.with_token = choose(choices, 16, &answers);
    facts
}
