//! What is shared by everything on one page: tickets, the queue, running downloads, and the one
//! listener for the worker's questions.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Object, WeakSet};
use wasm_bindgen::{JsValue, UnwrapThrowExt};
use web_sys::{Element, Event};

use crate::browser::dom::window;
use crate::browser::handoff::{Run, Tab};
use crate::browser::link::Link;
use crate::browser::listener::Listener;
use crate::browser::{address, js, timer, worker};
use crate::rules::flow::Event as FlowEvent;
use crate::rules::id::Cab;
use crate::rules::protocol::{Answer, Question, Refused};
use crate::rules::queue::Queue;
use crate::rules::ticket::{Book, Claim, Ticket, Use, Wanted};

thread_local! {
    /// Lives as long as the page: leaked once, so that nobody has to count references.
    static PAGE: &'static Page = Box::leak(Box::default());
}

/// A ticket that stands in a link's address.
struct LinkTicket {
    number: u32,
    link: Rc<Link>,
    element: Element,
    cab: Cab,
}

/// See the module's documentation. What is under way at once is little, so lists do.
#[derive(Default)]
pub(crate) struct Page {
    book: RefCell<Book>,
    queue: RefCell<Queue>,
    runs: RefCell<Vec<Rc<Run>>>,
    /// Downloads of the lists' module that wait for a place, and what tells them that they have it.
    guests: RefCell<Vec<(u32, JsValue)>>,
    /// Tickets that stand in links: whose they are until a navigation uses them.
    on_links: RefCell<Vec<LinkTicket>>,
    /// Those that were started and not stopped. Kept here, since a host may well drop its handle
    /// and still expect its links to work.
    links: RefCell<Vec<Rc<Link>>>,
    next: Cell<u32>,
    /// Whether a sign-in window is open.
    signing_in: Cell<bool>,
    /// The links that some `CabLink` has enhanced: two would take each other's addresses for the
    /// host's.
    enhanced: WeakSet,
    questions: RefCell<Option<Listener>>,
}

/// The page's one of it.
pub(crate) fn page() -> &'static Page {
    PAGE.with(|page| *page)
}

impl Page {
    /// A number no other run or ticket of this page has.
    pub(crate) fn number(&self) -> u32 {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        number
    }

    /// Makes a `CabLink` known, so that questions about its scope are answered.
    pub(crate) fn enter(&self, link: &Rc<Link>) {
        let mut links = self.links.borrow_mut();
        links.push(Rc::clone(link));
        let mut questions = self.questions.borrow_mut();
        if questions.is_none() {
            *questions = worker::container().map(|container| {
                let listener = Listener::new(&container, "message", |event| page().asked(&event));
                worker::start_messages(&container);
                listener
            });
        }
    }

    /// The one that was started last.
    pub(crate) fn last(&self) -> Option<Rc<Link>> {
        self.links.borrow().last().cloned()
    }

    /// Forgets a `CabLink`.
    pub(crate) fn leave(&self, link: &Rc<Link>) {
        let mut links = self.links.borrow_mut();
        links.retain(|other| !Rc::ptr_eq(other, link));
        if links.is_empty() {
            self.questions.borrow_mut().take();
        }
        self.on_links.borrow_mut().retain(|ticket| {
            let stays = !Rc::ptr_eq(&ticket.link, link);
            if !stays {
                self.book.borrow_mut().close(ticket.number);
            }
            stays
        });
    }

    /// Makes a ticket for a CAB, or for a hidden frame, in place of what its owner had.
    pub(crate) fn ticket(&self, owner: u32, cab: Option<&Cab>, purpose: Use) -> Ticket {
        let ticket = random_ticket();
        let wanted = match cab {
            Some(cab) => Wanted::Cab(ticket.clone(), cab.clone()),
            None => Wanted::Frame(ticket.clone()),
        };
        let mut book = self.book.borrow_mut();
        book.close(owner);
        book.mint(wanted, owner, purpose, timer::now());
        ticket
    }

    /// Makes a ticket for a link's own address; `number` is the link's.
    pub(crate) fn link_ticket(
        &self,
        number: u32,
        link: &Rc<Link>,
        element: &Element,
        cab: &Cab,
    ) -> Ticket {
        let ticket = self.ticket(number, Some(cab), Use::Link);
        let book = self.book.borrow();
        let mut on_links = self.on_links.borrow_mut();
        // A ticket that has expired has no use for its link any more.
        on_links.retain(|other| other.number != number && book.holds(other.number));
        on_links.push(LinkTicket {
            number,
            link: Rc::clone(link),
            element: element.clone(),
            cab: cab.clone(),
        });
        ticket
    }

    /// Gives the tickets of one owner to another.
    pub(crate) fn hand_over(&self, from: u32, to: u32) {
        self.book.borrow_mut().hand_over(from, to);
    }

    /// Forgets the tickets of a run or a link.
    pub(crate) fn close(&self, number: u32) {
        self.book.borrow_mut().close(number);
        self.take_link_ticket(number);
    }

    /// Makes a run known.
    pub(crate) fn add(&self, run: &Rc<Run>) {
        self.runs.borrow_mut().push(Rc::clone(run));
    }

    /// Claims a link for one `CabLink`; false where another one has it.
    pub(crate) fn claim_link(&self, element: &Object) -> bool {
        let free = !self.enhanced.has(element);
        if free {
            self.enhanced.add(element);
        }
        free
    }

    /// Gives a link up.
    pub(crate) fn give_up_link(&self, element: &Object) {
        self.enhanced.delete(element);
    }

    /// A run that is under way.
    pub(crate) fn run(&self, number: u32) -> Option<Rc<Run>> {
        let runs = self.runs.borrow();
        runs.iter().find(|run| run.number() == number).cloned()
    }

    fn take_link_ticket(&self, number: u32) -> Option<LinkTicket> {
        let mut on_links = self.on_links.borrow_mut();
        let at = on_links.iter().position(|ticket| ticket.number == number)?;
        Some(on_links.swap_remove(at))
    }

    /// Tells every run that a sign-in window was opened, or is closed again.
    pub(crate) fn signing_in(&self, open: bool) {
        self.signing_in.set(open);
        let runs = self.runs.borrow().clone();
        for run in runs {
            run.on(FlowEvent::SigningIn(open));
        }
        for link in self.links.borrow().iter() {
            js::set(link.lists(), "signingIn", &open.into());
        }
    }

    /// Whether one is open now, which a run that wants a token from now on has not been told.
    pub(crate) fn is_signing_in(&self) -> bool {
        self.signing_in.get()
    }

    /// Ends everything that a `CabLink` has under way.
    pub(crate) fn abort_all(&self, link: &Rc<Link>) {
        let theirs = |run: &&Rc<Run>| run.is_of(link);
        let runs: Vec<_> = self.runs.borrow().iter().filter(theirs).cloned().collect();
        for run in runs {
            run.on(FlowEvent::Abort);
        }
    }

    /// Asks the queue for a place for a run.
    pub(crate) fn queue(&self, run: &Rc<Run>) {
        let granted = self.queue.borrow_mut().enter(run.number());
        if granted {
            run.on(FlowEvent::Place);
        }
    }

    /// Asks the queue for a place for a download of the lists' module, or, where it has a number
    /// already, gives that up. The guest's own `told` is called once there is a place.
    pub(crate) fn queue_guest(&self, guest: JsValue) {
        if let Some(number) = js::get(&guest, "place").as_f64() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a number of ours"
            )]
            return self.remove(number as u32);
        }
        let number = self.number();
        js::set(&guest, "place", &number.into());
        self.guests.borrow_mut().push((number, guest));
        if self.queue.borrow_mut().enter(number) {
            self.admit(number);
        }
    }

    /// Forgets a run or a guest; the next in the queue may begin.
    pub(crate) fn remove(&self, number: u32) {
        self.close(number);
        self.runs.borrow_mut().retain(|run| run.number() != number);
        self.guests
            .borrow_mut()
            .retain(|(guest, _)| *guest != number);
        let next = self.queue.borrow_mut().leave(number);
        if let Some(next) = next {
            self.admit(next);
        }
    }

    /// Tells whose turn it is. Not at once: whoever ends the one before may be about to end this one
    /// as well, which must not ask the host for a token in between.
    fn admit(&self, number: u32) {
        let run = self.run(number);
        let guest = self.take_guest(number);
        js::spawn(async move {
            if let Some(run) = run {
                run.on(FlowEvent::Place);
            } else if let Some((_, guest)) = guest {
                js::call(&guest, "told", &[]);
            }
        });
    }

    fn take_guest(&self, number: u32) -> Option<(u32, JsValue)> {
        let mut guests = self.guests.borrow_mut();
        let at = guests.iter().position(|(guest, _)| *guest == number)?;
        Some(guests.swap_remove(at))
    }

    /// Answers a message of the worker's.
    fn asked(&self, event: &Event) {
        let port = js::get(&js::get(event, "ports"), "0");
        if js::given(&port) {
            self.heard(&js::get(event, "data"), port);
        }
    }

    /// Answers a question, asked of every page or, once it is answered, on the run's own port.
    pub(crate) fn heard(&self, data: &JsValue, port: JsValue) {
        match worker::understand(data) {
            Ok((question, url)) => self.answer(question, &url, port),
            // A worker of another version hears that it is not ours; it then asks nobody else for
            // long, and the flow in this page finds that its worker is silent.
            Err(Refused::Version | Refused::Broken) => worker::reply(&port, &Answer::NotMine),
            Err(Refused::Foreign) => {}
        }
    }

    fn answer(&self, question: Question, url: &str, port: JsValue) {
        let claim = self.claim(&question, url);
        match claim {
            Claim::Frame(number) => {
                if let Some(run) = self.run(number) {
                    return run.asked(port, FlowEvent::FrameAsked);
                }
                let links = self.links.borrow();
                if let Some(document) = links.iter().find_map(|link| link.serve_ready(number)) {
                    return worker::reply(&port, &Answer::Document(document));
                }
            }
            Claim::Cab {
                owner,
                purpose,
                first,
            } => {
                if first && purpose == Use::Link {
                    if let Some(ticket) = self.take_link_ticket(owner) {
                        let LinkTicket {
                            link, element, cab, ..
                        } = ticket;
                        link.ticket_used(&element);
                        // A number of its own: the link's goes with the next press on it.
                        let number = self.number();
                        self.hand_over(owner, number);
                        let tab = question.tab;
                        return link.asked_by_tab(Tab { number, tab, port }, element, cab);
                    }
                } else if let Some(run) = self.run(owner) {
                    return match question.report {
                        Some(outcome) => run.asked(port, FlowEvent::Reported(outcome)),
                        None => run.asked(port, FlowEvent::CabAsked),
                    };
                } else if self
                    .links
                    .borrow()
                    .iter()
                    .any(|link| link.hold(owner, &port))
                {
                    return;
                }
            }
            Claim::NotMine => {}
        }
        worker::reply(&port, &Answer::NotMine);
    }

    fn claim(&self, question: &Question, url: &str) -> Claim {
        let Some(address) = address::parse(url) else {
            return Claim::NotMine;
        };
        let links = self.links.borrow();
        let wanted = links
            .iter()
            .find_map(|link| link.config().scope.read(&address));
        let Some(wanted) = wanted else {
            return Claim::NotMine;
        };
        self.book
            .borrow_mut()
            .claim(&wanted, &question.navigation, timer::now())
    }
}

fn random_ticket() -> Ticket {
    let array = js_sys::Uint8Array::new_with_length(16);
    let crypto = js::get(&window(), "crypto");
    // Every browser that runs wasm has it, on insecure pages as well. A ticket that can be guessed
    // would be worse than an exception.
    js::call(&crypto, "getRandomValues", &[&array]).unwrap_throw();
    let mut bits = [0; 16];
    array.copy_to(&mut bits);
    Ticket::from_bits(bits)
}
