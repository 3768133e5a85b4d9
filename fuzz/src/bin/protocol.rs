//! What the worker says to the page, and what a download makes of any sequence of it.
#![no_main]

use std::rc::Rc;

use cablink::rules::endpoint::DEFAULT;
use cablink::rules::flow::{Command, Config, Event, Flow};
use cablink::rules::id::{Cab, CabIdHash};
use cablink::rules::options::Handoff;
use cablink::rules::outcome::Outcome;
use cablink::rules::protocol::{Answer, Message, PROTOCOL, Question, Refused};
use cablink::rules::scope::DEFAULT_WORKER;
use cablink::rules::storage::Storage;
use cablink::rules::ticket::Use;
use cablink::rules::token::Token;
use cablink_fuzz::address::{self, PAGE};
use cablink_fuzz::message;
use cablink_fuzz::secret::shows;
use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.bm90LWEtdG9rZW4";

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // One message a line; the first line's first letter says for which use the ticket is.
    let purpose = if text.starts_with('{') {
        Use::Frame
    } else {
        Use::Link
    };
    let questions = text.lines().take(40).filter_map(|line| {
        let json = serde_json::from_str(line).ok()?;
        understood(message::message(&json))
    });
    download(purpose, questions.collect());
});

/// Checks the verdict on a message against the contract, field by field.
fn understood(message: Message) -> Option<Question> {
    let told = message.clone();
    let ours = told.version == Some(f64::from(PROTOCOL));
    let named = told
        .navigation
        .as_deref()
        .is_some_and(|name| (1..=64).contains(&name.len()));
    let known = told.report.as_ref().is_none_or(|report| {
        let plain = ["redirected", "unreachable", "timed-out"].contains(&report.kind.as_str());
        plain || report.kind == "answered" && report.answered.is_some()
    });
    match message.understand() {
        Ok(question) => {
            assert!(ours && named && known);
            assert_eq!(Some(&question.navigation), told.navigation.as_ref());
            assert_eq!(
                question.tab,
                told.destination.as_deref() == Some("document")
            );
            assert_eq!(question.report.is_some(), told.report.is_some());
            if let Some(Outcome::Answered(answered)) = &question.report {
                let reported = told.report.and_then(|report| report.answered);
                assert_eq!(Some(&**answered), reported.as_ref());
            }
            Some(question)
        }
        Err(Refused::Foreign) => {
            assert_eq!(told.version, None);
            None
        }
        Err(Refused::Version) => {
            assert!(told.version.is_some() && !ours);
            None
        }
        Err(Refused::Broken) => {
            assert!(ours && !(named && known));
            None
        }
    }
}

/// A download that is told all this settles once, and lets the token into one request only.
fn download(purpose: Use, questions: Vec<Question>) {
    let page = address::page(PAGE).expect("it is one");
    let config = Config {
        endpoint: address::endpoint(DEFAULT, &page).expect("it is one"),
        scope: address::scope(DEFAULT_WORKER, &page).expect("it is one"),
        storage: Storage::default(),
        deadline_ms: 60_000,
        coep: None,
        handoff: Handoff::Auto,
    };
    let cab = Cab::ihv(CabIdHash::parse("c1a51104").expect("it is one"));
    let mut flow = Flow::new(Rc::new(config), cab, purpose);
    let mut now = 0.0;
    let mut seen = flow.begin(now);
    let mut tell = |flow: &mut Flow, event: Event| {
        now += 10.0;
        flow.on(event, now, 0.5)
    };
    seen.extend(tell(&mut flow, Event::Place));
    seen.extend(tell(&mut flow, Event::Worker(Ok(()))));
    for question in questions {
        // A token is there whenever one was asked for.
        let token = Token::parse(TOKEN.to_owned()).expect("it is one");
        seen.extend(tell(&mut flow, Event::Token(Ok(token))));
        let event = match question.report {
            Some(outcome) => Event::Reported(outcome),
            None if question.tab => Event::CabAsked,
            None => Event::FrameAsked,
        };
        seen.extend(tell(&mut flow, event));
        seen.extend(tell(&mut flow, Event::Step));
    }
    seen.extend(tell(&mut flow, Event::Deadline));
    let settled = seen.iter().filter(|c| matches!(c, Command::Settle(_)));
    assert_eq!(settled.count(), 1, "{seen:?}");
    for command in &seen {
        match command {
            Command::Answer(Answer::Request(request)) | Command::Follow(request) => {
                assert!(request.url.starts_with(DEFAULT), "{}", request.url);
                assert_eq!(request.authorization(), ["Bearer ", TOKEN].concat());
            }
            Command::Answer(Answer::Pass(headers)) => {
                let sandbox = ("content-security-policy", "sandbox".to_owned());
                assert!(headers.contains(&sandbox), "{headers:?}");
            }
            _ => {}
        }
        let told = format!("{command:?}");
        assert!(!shows(&told, TOKEN), "{told}");
    }
}
