//! Takes plain clicks on CAB links below a root, and puts everything back when it is cleared.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Map};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, Node};

use crate::browser::announce;
use crate::browser::click::decide_on;
use crate::browser::enhanced_link::{DATA, EnhancedLink, SELECTOR};
use crate::browser::js;
use crate::browser::link::Link;
use crate::browser::listener::Listener;
use crate::browser::page::page;
use crate::browser::stopping;
use crate::rules::click::Decision;
use crate::rules::flow::State;
use crate::rules::problem::Failure;

/// Everything that one `CabLink` has enhanced.
#[derive(Default)]
pub(crate) struct Enhancer {
    roots: RefCell<Vec<Root>>,
    /// From a link, by identity, to its place in `links`.
    places: RefCell<Map>,
    links: RefCell<Vec<Option<EnhancedLink>>>,
    /// Places in `links` that are empty and used again.
    free: RefCell<Vec<usize>>,
}

struct Root {
    node: Node,
    observer: JsValue,
    _changed: Closure<dyn Fn(JsValue)>,
    _listeners: [Listener; 7],
}

impl Drop for Root {
    fn drop(&mut self) {
        js::call(&self.observer, "disconnect", &[]);
    }
}

impl Enhancer {
    /// Enhances the links below a root, now and as they come.
    pub(crate) fn add(&self, owner: &Rc<Link>, root: &Node) {
        if self.roots.borrow().iter().any(|known| known.node == *root) {
            return;
        }
        announce::prepare();
        let weak = Rc::downgrade(owner);
        let changed = js::callback(move |records| {
            if let Some(owner) = weak.upgrade() {
                owner.enhancer().changed(&owner, &records.unchecked_into());
            }
        });
        let Some(observer) = js::construct("MutationObserver", &[changed.as_ref()]) else {
            return;
        };
        self.adopt_below(owner, root);
        let names = ["href", "download"].iter().chain(&DATA);
        let names: Array = names.map(|name| JsValue::from(*name)).collect();
        let options = js::object(&[
            ("childList", JsValue::TRUE),
            ("subtree", JsValue::TRUE),
            ("attributeFilter", names.into()),
        ]);
        js::call(&observer, "observe", &[root, &options]);
        self.roots.borrow_mut().push(Root {
            node: root.clone(),
            observer,
            _changed: changed,
            _listeners: listen(owner, root),
        });
    }

    /// Puts every link back as it was.
    pub(crate) fn clear(&self) {
        // Observers first: what follows is no news.
        let roots = self.roots.take();
        self.places.borrow().clear();
        self.free.take();
        for link in self.links.take().into_iter().flatten() {
            leave(link);
        }
        announce::retire(u32::try_from(roots.len()).unwrap_or_default());
    }

    /// Shows a state on a link, where it is one of these.
    pub(crate) fn show(&self, element: &Element, state: State, failure: Option<&Failure>) {
        self.with(element, |link| link.show(state, failure));
    }

    /// Takes the ticket out of a link's address.
    pub(crate) fn without_ticket(&self, element: &Element) {
        self.with(element, |link| link.set_ticket(None));
    }

    fn place(&self, element: &Element) -> Option<usize> {
        let place = self.places.borrow().get(element).as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "was a u32"
        )]
        Some(place as usize)
    }

    fn with<T>(&self, element: &Element, act: impl FnOnce(&mut EnhancedLink) -> T) -> Option<T> {
        let place = self.place(element)?;
        let mut links = self.links.borrow_mut();
        links.get_mut(place)?.as_mut().map(act)
    }

    /// The enhanced link that an event went through.
    fn link_of(&self, event: &Event) -> Option<HtmlAnchorElement> {
        let path = event.composed_path();
        let mut links = path.iter().filter_map(|target| target.dyn_into().ok());
        links.find(|element: &HtmlAnchorElement| self.place(element).is_some())
    }

    /// Before the browser acts on a person's press: gives the link an address that works once,
    /// for a new tab, a middle click, or the context menu.
    fn pressed(&self, owner: &Rc<Link>, event: &Event) {
        // Only the person's own hand makes a ticket; script of the page may call `download()`.
        if !js::flag(event, "isTrusted") {
            return;
        }
        let Some(element) = self.link_of(event) else {
            return;
        };
        let cab = self.with(&element, |link| {
            let cab = link.to_cab().ok()?;
            let ticket = page().link_ticket(link.number(), owner, &element, &cab);
            link.set_ticket(Some(&ticket));
            Some(cab)
        });
        // Nothing is borrowed any more when a frame is touched.
        if let Some(Some(cab)) = cab {
            owner.pressed(event, &cab, &target(&element));
        }
    }

    /// The pointer or the focus has come to a link: a click may come.
    fn foreseen(&self, owner: &Rc<Link>, event: &Event) {
        if self.link_of(event).is_some() {
            owner.foresee(None);
        }
    }

    /// As [`pressed`](Self::pressed), for the click itself, and a look at what becomes of it.
    fn click_begins(&self, owner: &Rc<Link>, event: &Event) {
        self.pressed(owner, event);
        if let Some(element) = self.link_of(event)
            && decide_for(event, &element) == Decision::Take
        {
            let owner = Rc::downgrade(owner);
            stopping::watch(event, move |event| {
                if let Some(owner) = owner.upgrade() {
                    owner.enhancer().clicked(&owner, event);
                }
            });
        }
    }

    fn clicked(&self, owner: &Rc<Link>, event: &Event) {
        let Some(element) = self.link_of(event) else {
            return;
        };
        if decide_for(event, &element) == Decision::Leave {
            return;
        }
        event.prevent_default();
        let cab = self.with(&element, |link| {
            page().close(link.number());
            link.set_ticket(None);
            link.to_cab()
        });
        // Nothing is borrowed any more when the host's getToken runs: it may well touch the page.
        if let Some(cab) = cab {
            owner.clicked(&element, cab);
        }
    }

    /// Enhances a node, if it is a link of ours, and all those below it.
    fn adopt_below(&self, owner: &Rc<Link>, node: &Node) {
        if let Some(element) = node.dyn_ref::<HtmlAnchorElement>() {
            self.adopt(owner, element);
        }
        if let Some(found) = js::call(node, "querySelectorAll", &[&SELECTOR.into()]) {
            for element in Array::from(&found).iter() {
                if let Some(element) = element.dyn_ref::<HtmlAnchorElement>() {
                    self.adopt(owner, element);
                }
            }
        }
    }

    fn adopt(&self, owner: &Rc<Link>, element: &HtmlAnchorElement) {
        if self.place(element).is_some() {
            self.with(element, |link| link.moved());
            return;
        }
        if !page().claim_link(element) {
            return;
        }
        let Some(link) = EnhancedLink::new(element, page().number(), owner.config()) else {
            return page().give_up_link(element);
        };
        let mut links = self.links.borrow_mut();
        let place = self.free.borrow_mut().pop().unwrap_or_else(|| {
            links.push(None);
            links.len() - 1
        });
        if let Some(empty) = links.get_mut(place) {
            *empty = Some(link);
        }
        self.places.borrow().set(element, &place.into());
    }

    fn release(&self, element: &HtmlAnchorElement) {
        let Some(place) = self.place(element) else {
            return;
        };
        self.places.borrow().delete(element);
        self.free.borrow_mut().push(place);
        let link = self
            .links
            .borrow_mut()
            .get_mut(place)
            .and_then(Option::take);
        if let Some(link) = link {
            leave(link);
        }
    }

    /// The host has changed the page.
    fn changed(&self, owner: &Rc<Link>, records: &Array) {
        for record in records.iter() {
            if js::given(&js::get(&record, "attributeName")) {
                if let Ok(element) = js::get(&record, "target").dyn_into() {
                    self.attribute_changed(owner, &element);
                }
                continue;
            }
            for node in nodes(&record, "removedNodes") {
                self.release_below(&node);
            }
            for node in nodes(&record, "addedNodes") {
                // Added and removed again in one go: the removal comes in its own record. The root
                // itself need not be on the page yet.
                if self.covers(&node) {
                    self.adopt_below(owner, &node);
                }
            }
        }
    }

    /// Links that left the page are forgotten; moved ones are still on it.
    fn release_below(&self, node: &Node) {
        let gone: Vec<_> = self
            .links
            .borrow()
            .iter()
            .flatten()
            .map(EnhancedLink::element)
            .filter(|element| node.contains(Some(element)) && !self.covers(element))
            .collect();
        for element in gone {
            self.release(&element);
        }
    }

    /// Whether an element is below one of the roots.
    fn covers(&self, element: &Node) -> bool {
        let roots = self.roots.borrow();
        roots.iter().any(|root| root.node.contains(Some(element)))
    }

    fn attribute_changed(&self, owner: &Rc<Link>, element: &HtmlAnchorElement) {
        let stands = self.with(element, |link| link.stands());
        // What we set ourselves stands; what the host set makes it another link.
        if stands != Some(true) {
            self.release(element);
            if self.covers(element) {
                self.adopt(owner, element);
            }
        }
    }
}

/// Puts a link back and forgets its tickets; another `CabLink` may take it from then on, when it
/// hears of what has changed.
fn leave(link: EnhancedLink) {
    page().close(link.number());
    page().give_up_link(&link.element());
    link.restore();
}

/// What to do with a click on one of our links, as things stand.
fn decide_for(event: &Event, element: &HtmlAnchorElement) -> Decision {
    decide_on(event, &target(element))
}

fn target(element: &HtmlAnchorElement) -> String {
    js::text(element, "target").unwrap_or_default()
}

/// The nodes in a list of a mutation record.
fn nodes(record: &JsValue, list: &str) -> impl Iterator<Item = Node> + use<> {
    let nodes = Array::from(&js::get(record, list));
    nodes.into_iter().map(JsCast::unchecked_into)
}

fn listen(owner: &Rc<Link>, root: &Node) -> [Listener; 7] {
    let with = |act: fn(&Enhancer, &Rc<Link>, &Event)| {
        let weak = Rc::downgrade(owner);
        move |event: Event| {
            if let Some(owner) = weak.upgrade() {
                act(owner.enhancer(), &owner, &event);
            }
        }
    };
    [
        // In the capturing phase, so that a host's own handlers cannot leave a link without one.
        Listener::capturing(root, "pointerdown", with(Enhancer::pressed)),
        Listener::capturing(root, "pointerover", with(Enhancer::foreseen)),
        Listener::capturing(root, "focusin", with(Enhancer::foreseen)),
        Listener::capturing(root, "contextmenu", with(Enhancer::pressed)),
        Listener::capturing(root, "auxclick", with(Enhancer::pressed)),
        // A keyboard's click has had no press before.
        Listener::capturing(root, "click", with(Enhancer::click_begins)),
        // In the bubbling phase, so that a host's handler may prevent it first.
        Listener::new(root, "click", with(Enhancer::clicked)),
    ]
}
