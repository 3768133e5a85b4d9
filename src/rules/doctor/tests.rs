//! A healthy deployment, then each fault alone: one line, and what it says.

use proptest::prelude::*;

use super::endpoint::{Answer, Answered};
use super::page::{Embedding, Framed, Parts, Recovery, Types, document};
use super::token::{Asked, Claims, Clock};
use super::worker::{File, Registered, Served};
use super::*;
use crate::rules::endpoint::Endpoint;
use crate::rules::endpoint::tests::address;
use crate::rules::msal;
use crate::rules::options::{Coep, DEADLINE_MS, DEFAULT_SCOPE, invalid};
use crate::rules::problem::Problem;
use crate::rules::protocol::PROTOCOL;
use crate::rules::scope::Scope;
use crate::rules::storage::Storage;
use crate::rules::token::Token;

const PAGE: &str = "https://portal.example";
const NOW: f64 = 1_800_000_000_000.0;

fn given(endpoint: &str) -> Given {
    Given {
        config: Config {
            endpoint: Endpoint::new(&address(endpoint), PAGE).unwrap(),
            scope: Scope::new(&address("https://portal.example/cablink/worker.js"), PAGE).unwrap(),
            storage: Storage::default(),
            deadline_ms: DEADLINE_MS,
            coep: None,
            handoff: Handoff::Auto,
        },
        scopes: vec![DEFAULT_SCOPE.to_owned()],
        page_origin: PAGE.to_owned(),
    }
}

fn relay() -> Given {
    given("https://portal.example/devcenter/")
}

fn api() -> Given {
    given(crate::rules::endpoint::DEFAULT)
}

fn base64url(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut written = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            written.push(DIGITS[(group >> (18 - 6 * place) & 63) as usize] as char);
        }
    }
    written
}

fn token(claims: &str) -> Asked {
    let text = ["e30.", &base64url(claims), ".c2ln"].concat();
    Asked::Token(Claims::read(&Token::parse(text).unwrap()))
}

const GOOD_CLAIMS: &str = r#"{"aud":"https://manage.devcenter.microsoft.com","scp":"user_impersonation","exp":1800003600,"nbf":1799999990,"iat":1799999990,"name":"SECRET-NAME","nonce":"SECRET-NONCE"}"#;

fn answered(status: u16) -> Answer {
    Answer::Answered(Answered {
        status,
        media_type: "application/json".to_owned(),
        challenge: true,
    })
}

fn healthy(given: &Given) -> Facts {
    let elsewhere = !given.config.endpoint.same_origin();
    Facts {
        page: page::Facts {
            secure: Some(true),
            embedding: Some(Embedding::default()),
            parts: Some(Parts::Loaded),
            frame: Some(Framed::Shown),
            frame_is_hidden: Some(true),
            coep: Some(String::new()),
            recovery: Some(Recovery {
                status: 404,
                media_type: "text/html".to_owned(),
            }),
        },
        worker: worker::Facts {
            offered: Some(true),
            file: Some(File::Served(Served {
                status: 200,
                content_type: "text/javascript; charset=utf-8".to_owned(),
                allowed: None,
                policy: Some(format!(
                    "default-src 'none'; connect-src {}",
                    given.page_sources()
                )),
            })),
            types: Some(Types::Allowed),
            registered: Some(Registered::Active),
            version: Some(Some(f64::from(PROTOCOL))),
            endpoint: Some(address(given.config.endpoint.base())),
            page: Some(address("https://portal.example/list?x")),
        },
        endpoint: endpoint::Facts {
            plain: Some(answered(401)),
            preflighted: elsewhere.then(|| answered(401)),
            reachable: None,
            with_token: Some(answered(400)),
        },
        token: token::Facts {
            asked: Some(token(GOOD_CLAIMS)),
            clock: Some(Clock {
                own: NOW + 900.0,
                server: Some(NOW),
            }),
        },
    }
}

fn judged(given: Given, facts: &Facts) -> Vec<Check> {
    let checks = checks(&Ok(given), facts);
    let names: Vec<_> = checks.iter().map(|check| check.name).collect();
    assert_eq!(names, NAMES, "each once, in this order");
    checks
}

/// What is not as it should be, as `name ok: change`.
fn faults(checks: &[Check]) -> Vec<(&'static str, bool, &str)> {
    checks
        .iter()
        .filter(|check| check.change.is_some())
        .map(|check| {
            (
                check.name,
                check.ok == Some(false),
                check.change.as_deref().unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_healthy_deployment_has_nothing_to_change() {
    for given in [relay(), api()] {
        let facts = healthy(&given);
        for check in judged(given, &facts) {
            assert_eq!((check.ok, &check.change), (Some(true), &None), "{check:?}");
        }
    }
}

type Change = fn(&mut Given, &mut Facts);

fn served(facts: &mut Facts) -> &mut Served {
    match &mut facts.worker.file {
        Some(File::Served(served)) => served,
        _ => unreachable!("as in a healthy deployment"),
    }
}

/// Each fault alone, through a relay: the check that fails, and a part of the line to change.
const FAULTS: &[(&str, &str, Change)] = &[
    ("secure_context", "over https", |_, f| {
        f.page.secure = Some(false);
    }),
    ("sandbox", "allow-downloads", |_, f| {
        f.page.embedding = Some(Embedding {
            sandboxes: vec!["allow-scripts allow-same-origin".into()],
            by_another_origin: true,
        });
    }),
    ("script_src", "script-src 'self'", |_, f| {
        f.page.parts = Some(Parts::Forbidden);
    }),
    ("package", "at one place", |_, f| {
        f.page.parts = Some(Parts::Missing);
    }),
    ("worker_file", "as /cablink/worker.js", |_, f| {
        f.worker.registered = Some(refused("TypeError", ""));
        f.worker.file = Some(File::Served(Served {
            status: 404,
            ..Served::default()
        }));
        no_worker(f);
    }),
    ("worker_file", "without a redirect", |_, f| {
        f.worker.registered = Some(refused("SecurityError", ""));
        f.worker.file = Some(File::Redirected);
        no_worker(f);
    }),
    ("worker_file", "Serve worker.js", |_, f| {
        f.worker.registered = Some(refused("TypeError", ""));
        f.worker.file = Some(File::Unreachable);
        no_worker(f);
    }),
    ("worker_type", "Content-Type: text/javascript", |_, f| {
        f.worker.registered = Some(refused("SecurityError", ""));
        served(f).content_type = "text/html".into();
        no_worker(f);
    }),
    (
        "worker_scope",
        "Service-Worker-Allowed: /cablink/",
        |_, f| {
            f.worker.registered = Some(refused("SecurityError", ""));
            served(f).allowed = Some("/elsewhere/".into());
            no_worker(f);
        },
    ),
    ("worker_policy", "connect-src 'self'", |_, f| {
        served(f).policy = Some("default-src 'none'".into());
    }),
    ("worker_src", "worker-src 'self'", |_, f| {
        f.worker.registered = Some(refused("SecurityError", "worker-src"));
        no_worker(f);
    }),
    ("trusted_types", "trusted-types cablink", |_, f| {
        f.worker.types = Some(Types::Refused);
        f.worker.registered = Some(refused("TypeError", "require-trusted-types-for"));
        no_worker(f);
    }),
    ("registration", "unchanged", |_, f| {
        f.worker.registered = Some(refused("TypeError", ""));
        no_worker(f);
    }),
    ("registration", "site data", |_, f| {
        f.worker.registered = Some(refused("SecurityError", ""));
        no_worker(f);
    }),
    ("registration", "unchanged", |_, f| {
        f.worker.registered = Some(Registered::Inactive);
        no_worker(f);
    }),
    ("worker_version", "same build", |_, f| {
        no_worker(f);
        f.worker.version = Some(Some(0.0));
    }),
    ("worker_version", "unchanged", |_, f| {
        no_worker(f);
        f.worker.version = Some(None);
    }),
    ("frame_src", "frame-src 'self'", |_, f| {
        f.page.frame = Some(Framed::Forbidden);
    }),
    ("coep", "coep: \"require-corp\"", |_, f| {
        f.page.coep = Some("require-corp; report-to=\"x\"".into());
        f.page.frame = Some(Framed::Refused);
    }),
    ("coep", "coep: \"require-corp\"", |_, f| {
        f.page.coep = Some("require-corp".into());
        f.page.frame = Some(Framed::Silent);
    }),
    ("coep", "coep: \"credentialless\"", |g, f| {
        f.page.coep = Some("Credentialless".into());
        g.config.coep = Some(Coep::RequireCorp);
    }),
    ("frame", "option coep", |_, f| {
        f.page.frame = Some(Framed::Refused);
    }),
    ("frame", "past the cache", |_, f| {
        f.page.frame = Some(Framed::Bypassed);
    }),
    ("frame", "unchanged", |_, f| {
        f.page.frame = Some(Framed::Silent);
    }),
    ("frame_style", "iframe:not([hidden])", |_, f| {
        f.page.frame_is_hidden = Some(false);
    }),
    ("recovery_page", "below /cablink/", |_, f| {
        f.page.recovery = Some(Recovery {
            status: 404,
            media_type: "text/plain".into(),
        });
    }),
    ("connect_src", "connect-src 'self'", |_, f| {
        f.endpoint.plain = Some(Answer::Forbidden);
        f.endpoint.with_token = None;
    }),
    ("endpoint", "Run the relay at /devcenter/", |_, f| {
        f.endpoint.plain = Some(Answer::Unreachable);
        f.endpoint.with_token = None;
    }),
    ("endpoint", "before any rule", |_, f| {
        f.endpoint.plain = Some(Answer::Redirected);
        f.endpoint.with_token = None;
    }),
    ("endpoint", "before any rule", |_, f| {
        f.endpoint.plain = Some(Answer::Answered(Answered {
            status: 200,
            media_type: "text/html".into(),
            challenge: false,
        }));
        f.endpoint.with_token = None;
    }),
    ("endpoint", "before any rule", |_, f| {
        f.endpoint.plain = Some(answered(404))
    }),
    ("endpoint", "Allow GET", |_, f| {
        f.endpoint.plain = Some(answered(405))
    }),
    ("endpoint", "Point the relay", |_, f| {
        f.endpoint.plain = Some(answered(502))
    }),
    ("clock", "Set the clock", |_, f| {
        f.token.clock = Some(Clock {
            own: NOW + 3_600_000.0,
            server: Some(NOW),
        });
    }),
    ("clock", "Set the clock", |_, f| {
        f.token.clock = Some(Clock {
            own: NOW - 301_000.0,
            server: Some(NOW),
        });
    }),
    ("clock", "Set the clock", |_, f| {
        f.token.clock = Some(Clock {
            own: NOW - 3_600_000.0,
            server: None,
        });
    }),
    ("token", "settle always", |_, f| {
        f.token.asked = Some(Asked::Silent);
        f.endpoint.with_token = None;
    }),
    ("token", "as text", |_, f| {
        f.token.asked = Some(Asked::Failed(Problem::TokenUnavailable.into()));
        f.endpoint.with_token = None;
    }),
    (
        "token_audience",
        "scope https://manage.devcenter.microsoft.com/.default",
        |_, f| {
            f.token.asked = Some(token(
                r#"{"aud":"https://graph.microsoft.com","scp":"a","exp":1800003600}"#,
            ));
        },
    ),
    ("token_audience", "not idToken", |_, f| {
        f.token.asked = Some(token(
            r#"{"aud":"11111111-2222-3333-4444-555555555555","nonce":"n","exp":1800003600}"#,
        ));
    }),
    ("token_scope", "administrator", |_, f| {
        f.token.asked = Some(token(&GOOD_CLAIMS.replace("user_impersonation", " ")));
    }),
    ("token_scope", "permission Reports.Read", |g, _| {
        g.scopes = vec!["https://manage.devcenter.microsoft.com/Reports.Read".into()];
    }),
    ("token_expiry", "before it ends", |_, f| {
        f.token.asked = Some(token(&GOOD_CLAIMS.replace("1800003600", "1800000000.0")));
    }),
    ("token_expiry", "clock of the server", |_, f| {
        f.token.asked = Some(token(&GOOD_CLAIMS.replace("1799999990", "1800001000")));
    }),
    ("access", "Authorization on unchanged", |_, f| {
        f.endpoint.with_token = Some(answered(401));
    }),
    ("access", "Manager role", |_, f| {
        f.endpoint.with_token = Some(answered(403));
    }),
];

fn refused(error: &str, directive: &str) -> Registered {
    Registered::Refused {
        error: error.to_owned(),
        directive: directive.to_owned(),
    }
}

fn no_worker(facts: &mut Facts) {
    facts.worker.version = None;
    facts.page.frame = None;
    facts.page.frame_is_hidden = None;
}

#[test]
fn each_fault_is_one_line() {
    for (name, change, fault) in FAULTS {
        let mut given = relay();
        let mut facts = healthy(&given);
        fault(&mut given, &mut facts);
        let checks = judged(given, &facts);
        let found = faults(&checks);
        let [(failed, is_fault, line)] = found.as_slice() else {
            panic!("{name}, {change}: one line: {found:?}");
        };
        assert_eq!((failed, is_fault), (name, &true), "{change}: {line}");
        assert!(line.contains(change), "{name}: {line}");
        assert!(!all_is_well(&checks));
        for check in &checks {
            assert!(!check.found.contains("SECRET"), "{check:?}");
        }
    }
}

#[test]
fn an_endpoint_elsewhere_has_faults_of_its_own() {
    let of = |change: fn(&mut Facts)| {
        let given = api();
        let mut facts = healthy(&given);
        change(&mut facts);
        let checks = judged(given, &facts);
        let lines = faults(&checks);
        assert_eq!(lines.len(), 1, "{lines:?}");
        let (name, is_fault, line) = lines[0];
        assert!(is_fault);
        (name, line.to_owned())
    };
    let (name, line) = of(|facts| {
        facts.endpoint.plain = Some(Answer::Unreachable);
        facts.endpoint.reachable = Some(true);
        facts.endpoint.preflighted = None;
        facts.endpoint.with_token = None;
    });
    assert_eq!(name, "cors");
    for part in [
        "Put a relay on this site",
        "Access-Control-Allow-Origin: https://portal.example",
        "Access-Control-Expose-Headers: Retry-After, WWW-Authenticate",
    ] {
        assert!(line.contains(part), "{line}");
    }
    let (name, line) = of(|facts| {
        facts.endpoint.preflighted = Some(Answer::Unreachable);
        facts.endpoint.with_token = None;
    });
    assert_eq!(name, "cors");
    assert!(
        line.contains("Access-Control-Allow-Headers: authorization"),
        "{line}"
    );
    let (name, line) = of(|facts| {
        if let Some(Answer::Answered(answered)) = &mut facts.endpoint.preflighted {
            answered.challenge = false;
        }
    });
    assert_eq!(
        (name, line.as_str()),
        (
            "cors",
            "Access-Control-Expose-Headers: Retry-After, WWW-Authenticate"
        )
    );
    let (name, line) = of(|facts| facts.endpoint.plain = Some(Answer::Forbidden));
    assert_eq!(name, "connect_src");
    assert!(
        line.ends_with("connect-src 'self' https://manage.devcenter.microsoft.com"),
        "{line}"
    );
    let (name, line) = of(|facts| served(facts).policy = Some("connect-src 'self'".into()));
    assert_eq!(name, "worker_policy");
    assert!(
        line.ends_with("connect-src https://manage.devcenter.microsoft.com"),
        "{line}"
    );
    let (name, _) = of(|facts| {
        facts.endpoint.plain = Some(Answer::Unreachable);
        facts.endpoint.reachable = Some(false);
        facts.endpoint.preflighted = None;
    });
    assert_eq!(name, "endpoint");
}

#[test]
fn only_what_asks_for_a_token_or_an_id_gets_the_token() {
    let page = |status| {
        Answer::Answered(Answered {
            status,
            media_type: "text/html".to_owned(),
            challenge: true,
        })
    };
    let takes = |plain, preflighted| {
        endpoint::Facts {
            plain,
            preflighted,
            ..endpoint::Facts::default()
        }
        .takes_tokens()
    };
    let asking = [400, 401, 403, 422];
    for status in 100..600 {
        let asks = asking.contains(&status);
        assert_eq!(takes(Some(answered(status)), None), asks, "{status}");
        let elsewhere = takes(Some(answered(401)), Some(answered(status)));
        assert_eq!(elsewhere, asks, "{status} to the preflighted request");
        assert!(!takes(Some(page(status)), None), "a page with {status}");
        assert!(
            !takes(Some(answered(401)), Some(page(status))),
            "a page with {status} to the preflighted request"
        );
    }
    for other in [Answer::Redirected, Answer::Unreachable, Answer::Forbidden] {
        assert!(!takes(Some(other.clone()), None), "{other:?}");
        assert!(
            !takes(Some(answered(401)), Some(other.clone())),
            "{other:?} to the preflighted request"
        );
    }
    assert!(!takes(None, None));
    assert!(!takes(None, Some(answered(401))));
}

/// Neither a good line nor a bad one says what stands in a claim.
#[test]
fn the_audience_is_judged_and_not_shown() {
    let (first, second) = ("https://one.example", "https://two.example");
    for (audience, ok) in [
        (first, true),
        (second, true),
        ("https://three.example", false),
    ] {
        let mut given = relay();
        given.scopes = vec![format!("{first}/.default"), format!("{second}/.default")];
        let mut facts = healthy(&given);
        let claims = format!(r#"{{"aud":"{audience}","scp":"x","exp":1800003600}}"#);
        facts.token.asked = Some(token(&claims));
        let checks = judged(given, &facts);
        let check = checks
            .iter()
            .find(|check| check.name == "token_audience")
            .unwrap();
        assert_eq!(check.ok, Some(ok), "{audience}");
        assert!(!ok || !check.found.contains("://"), "{}", check.found);
        assert!(ok || !check.found.contains(audience), "{}", check.found);
    }
}

#[test]
fn what_cannot_be_told_is_no_fault_but_may_have_a_hint() {
    let of = |change: Change| {
        let mut given = relay();
        let mut facts = healthy(&given);
        change(&mut given, &mut facts);
        let checks = judged(given, &facts);
        assert!(all_is_well(&checks), "{checks:?}");
        checks
            .into_iter()
            .filter(|check| check.ok.is_none())
            .map(|check| check.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(|_, f| f.page.embedding = Some(Embedding {
            sandboxes: vec![],
            by_another_origin: true
        })),
        ["sandbox"]
    );
    assert_eq!(
        of(|_, f| f.page.embedding = Some(Embedding {
            sandboxes: vec!["allow-downloads".into()],
            by_another_origin: false,
        })),
        ["sandbox"]
    );
    assert_eq!(
        of(|_, f| f.worker.types = Some(Types::Unknown)),
        ["trusted_types"]
    );
    assert_eq!(
        of(|_, f| served(f).allowed = Some("../x/".into())),
        ["worker_scope"]
    );
    assert_eq!(of(|g, _| g.config.coep = Some(Coep::RequireCorp)), ["coep"]);
    assert_eq!(
        of(|_, f| f.endpoint.plain = Some(answered(429))),
        ["endpoint"]
    );
    assert_eq!(
        of(|_, f| f.endpoint.plain = Some(answered(200))),
        ["endpoint"]
    );
    assert_eq!(
        of(|_, f| f.token.asked = Some(Asked::Token(None))),
        ["token_audience", "token_scope", "token_expiry"]
    );
    assert_eq!(
        of(|_, f| f.token.asked = Some(token(
            r#"{"aud":["https://manage.devcenter.microsoft.com/"],"exp":1800003600}"#
        ))),
        ["token_scope"]
    );
    assert_eq!(
        of(|_, f| f.token.asked = Some(token(
            r#"{"aud":"11111111-2222-3333-4444-555555555555","scp":"a","exp":1800003600}"#
        ))),
        ["token_audience"]
    );
    for failure in [
        Problem::InteractionRequired.into(),
        msal::failure("no_account_error"),
        msal::failure("popup_window_error"),
    ] {
        let mut facts = healthy(&relay());
        facts.token.asked = Some(Asked::Failed(failure));
        facts.endpoint.with_token = None;
        let checks = judged(relay(), &facts);
        assert!(all_is_well(&checks));
        let [(name, false, line)] = faults(&checks)[..] else {
            panic!("{checks:?}");
        };
        assert_eq!(
            (name, line),
            ("token", "Sign in, then run the doctor again.")
        );
    }
    let follow = of(|g, f| {
        g.config.handoff = Handoff::Follow;
        *f = Facts {
            worker: worker::Facts::default(),
            ..f.clone()
        };
    });
    assert_eq!(follow.len(), 14, "{follow:?}");
}

/// A host's own words in an error may hold anything.
#[test]
fn a_sentence_of_the_hosts_is_not_shown() {
    let mut failure = Failure::from(Problem::TokenUnavailable);
    failure.sentence = Some("The token SECRET was no good.".to_owned());
    let mut facts = healthy(&relay());
    facts.token.asked = Some(Asked::Failed(failure));
    for check in judged(relay(), &facts) {
        assert!(!check.found.contains("SECRET"), "{check:?}");
    }
}

#[test]
fn wrong_options_are_the_only_line() {
    let failure = invalid("endpoint", "must use https, since it receives the token");
    let checks = checks(&Err(failure), &healthy(&relay()));
    let names: Vec<_> = checks.iter().map(|check| check.name).collect();
    assert_eq!(names, NAMES);
    assert_eq!(
        faults(&checks),
        [(
            "options",
            true,
            "Correct the option endpoint of CabLink.start."
        )]
    );
}

#[test]
fn the_frames_document_is_as_the_real_one() {
    let mut given = relay();
    given.config.coep = Some(Coep::RequireCorp);
    let document = document(&given);
    let has = |name, value: &str| document.headers.contains(&(name, value.to_owned()));
    assert!(has("cross-origin-embedder-policy", "require-corp"));
    assert!(has("x-content-type-options", "nosniff"));
    assert!(!document.body.contains("<script"));
}

/// The claims that decide, in every way to write them.
#[test]
fn claims_say_the_same_however_they_are_written() {
    const AUDIENCE: &str = "https://manage.devcenter.microsoft.com";
    let judged_as = |claims: &str| {
        let mut facts = healthy(&relay());
        facts.token.asked = Some(token(claims));
        let checks = judged(relay(), &facts);
        ["token_audience", "token_scope", "token_expiry"].map(|name| {
            let check = checks.iter().find(|check| check.name == name);
            check.expect("one of each name").ok
        })
    };
    const GOOD: [Option<bool>; 3] = [Some(true); 3];
    for (claims, wanted) in [
        (
            format!(r#"{{"aud":"{AUDIENCE}","scp":"x","exp":1800003600}}"#),
            GOOD,
        ),
        (
            format!(r#"{{"aud":"{AUDIENCE}","scp":"x","exp":1800003600.5}}"#),
            GOOD,
        ),
        (
            format!(r#"{{"aud":"{AUDIENCE}","scp":"x","exp":1.8000036e9}}"#),
            GOOD,
        ),
        (
            format!(r#"{{"aud":"{AUDIENCE}","roles":["x"],"exp":18000036E+2}}"#),
            GOOD,
        ),
        (
            format!(r#"{{"aud":["other",7,"{AUDIENCE}"],"scp":"x","exp":1800003600}}"#),
            GOOD,
        ),
        (
            format!(r#"{{"\u0061ud":"{AUDIENCE}\/","s\u0063p":"x","exp":1800003600}}"#),
            GOOD,
        ),
        // The last of one name counts.
        (
            format!(
                r#"{{"aud":"other","aud":"{AUDIENCE}","scp":" ","scp":"x","exp":1,"exp":1800003600}}"#
            ),
            GOOD,
        ),
        (
            format!(
                r#"{{"aud":"{AUDIENCE}","aud":["other"],"scp":"x","scp":" ","exp":1800003600,"exp":1}}"#
            ),
            [Some(false); 3],
        ),
        // No number, or none that is a time; neither a scope nor roles.
        (
            format!(r#"{{"aud":"{AUDIENCE}","scp":7,"roles":[],"exp":"1800003600"}}"#),
            [Some(true), None, None],
        ),
        (
            format!(r#"{{"aud":"{AUDIENCE}","scp":null,"roles":"x","exp":1e999}}"#),
            [Some(true), None, None],
        ),
        (
            format!(r#"{{"aud":{{"a":"{AUDIENCE}"}},"scp":"x","exp":-1e3}}"#),
            [Some(false), Some(true), Some(false)],
        ),
    ] {
        assert_eq!(judged_as(&claims), wanted, "{claims}");
    }
}

#[test]
fn claims_are_read_from_what_can_be_read() {
    let read = |text: &str| Claims::read(&Token::parse(text.to_owned()).unwrap()).is_some();
    assert!(read(&["h.", &base64url("{}"), ".s"].concat()));
    assert!(read(&["h.", &base64url("{} "), "=.s"].concat()));
    for payload in [
        // What another library would take for a number of its own, and what no JavaScript number holds.
        r#"{"$serde_json::private::Number":"1"}"#,
        r#"{"$serde_json::private::Number":1}"#,
        r#"{"a":1e999,"b":[-1e999],"c":123456789012345678901234567890.5}"#,
        // Half a surrogate pair, of a name that was cut.
        r#"{"name":"a\ud83d"}"#,
        " {\"a\" : [{}] }\r\n",
    ] {
        assert!(
            read(&["h.", &base64url(payload), ".s"].concat()),
            "{payload}"
        );
    }
    for payload in [
        "{}x",
        "{}{}",
        "{\"a\":01}",
        "{'a':1}",
        "{\"a\":1,}",
        "[{}]",
        "7",
        "",
        "{}\u{c}",
    ] {
        assert!(
            !read(&["h.", &base64url(payload), ".s"].concat()),
            "{payload}"
        );
    }
    // No text: a byte that stands nowhere in UTF-8.
    assert!(!read("h.eyJhIjoi_yJ9.s"));
    for opaque in ["opaque", "a.b", "a.b.c", "h.e30.s.x", "h.W10.s", "h.!!.s"] {
        assert!(!read(opaque), "{opaque}");
    }
}

proptest! {
    #[test]
    fn base64_is_read_back(text in "\\PC{0,40}") {
        let quoted = serde_json::to_string(&text).unwrap();
        let claims = format!("{{\"aud\":{quoted},\"scp\":\"x\",\"exp\":1800003600}}");
        let mut facts = healthy(&relay());
        facts.token.asked = Some(token(&claims));
        let checks = judged(relay(), &facts);
        let audience = checks.iter().find(|check| check.name == "token_audience").unwrap();
        prop_assert_ne!(audience.ok, Some(true));
        // The value itself is never shown.
        prop_assert!(text.len() < 12 || !audience.found.contains(&text));
    }

    #[test]
    fn any_token_is_judged(text in "[!-~]{1,120}", now in proptest::option::of(0.0..4e12)) {
        let mut facts = healthy(&relay());
        facts.token.clock = now.map(|own| Clock { own, server: None });
        facts.token.asked = Some(Asked::Token(Claims::read(&Token::parse(text.clone()).unwrap())));
        for check in judged(relay(), &facts) {
            prop_assert!(text.len() < 20 || !check.found.contains(&text));
        }
    }

    #[test]
    fn every_fault_has_its_line_whatever_was_seen(
        status in 100u16..999,
        media_type in prop::sample::select(vec!["", "text/html", "application/json"]),
        challenge: bool,
        seen in prop::collection::vec(0u8..6, 9),
        elsewhere: bool,
    ) {
        let given = if elsewhere { api() } else { relay() };
        let mut facts = healthy(&given);
        let answer = |which: u8| match which {
            0 => None,
            1 => Some(Answer::Redirected),
            2 => Some(Answer::Unreachable),
            3 => Some(Answer::Forbidden),
            _ => Some(Answer::Answered(Answered { status, media_type: media_type.to_owned(), challenge })),
        };
        facts.endpoint.plain = answer(seen[0]);
        facts.endpoint.preflighted = answer(seen[1]);
        facts.endpoint.with_token = answer(seen[2]);
        facts.endpoint.reachable = [None, Some(true), Some(false)][usize::from(seen[3] % 3)];
        facts.page.frame = [
            None, Some(Framed::Shown), Some(Framed::Forbidden), Some(Framed::Refused),
            Some(Framed::Bypassed), Some(Framed::Silent),
        ][usize::from(seen[4])];
        facts.worker.registered = [
            None, Some(Registered::Active), Some(Registered::Inactive), Some(refused("TypeError", "")),
            Some(refused("SecurityError", "script-src")), Some(refused("x", "trusted-types")),
        ][usize::from(seen[5])].clone();
        facts.worker.version = [None, Some(None), Some(Some(1.0)), Some(Some(9.0)), None, None][usize::from(seen[6])];
        facts.worker.file = match seen[7] {
            0 => None,
            1 => Some(File::Redirected),
            2 => Some(File::Unreachable),
            3 => Some(File::Forbidden),
            _ => Some(File::Served(Served { status, content_type: media_type.to_owned(), ..Served::default() })),
        };
        facts.page.parts = [None, Some(Parts::Loaded), Some(Parts::Missing), Some(Parts::Forbidden), None, None][usize::from(seen[8])];
        let checks = judged(given, &facts);
        for check in &checks {
            prop_assert!(check.found.ends_with(['.', '>']) && check.found.len() > 10, "{:?}", check);
            prop_assert!(check.ok != Some(true) || check.change.is_none(), "{:?}", check);
            prop_assert!(check.ok != Some(false) || check.change.is_some(), "{:?}", check);
            for text in [Some(&check.found), check.change.as_ref()].into_iter().flatten() {
                prop_assert!(!text.contains('\n') && text.len() < 300, "{:?}", check);
            }
        }
        prop_assert_eq!(all_is_well(&checks), checks.iter().all(|check| check.ok != Some(false)));
    }
}
