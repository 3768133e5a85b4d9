//! `msalToken`: a `getToken` on top of the host's own MSAL, version 4 or 5.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use crate::browser::dom::window;
use crate::browser::page::page;
use crate::browser::timer::now;
use crate::browser::{js, token};
use crate::error;
use crate::rules::msal::{Meaning, POPUP_OPENED, gives_up_window, known, looks_after, meaning};
use crate::rules::options::invalid;
use crate::rules::problem::{Failure, Problem};

/// The host's MSAL and what is remembered between calls. No token is.
struct Msal {
    pca: JsValue,
    silent: Function,
    popup: Option<Function>,
    account: JsValue,
    /// The one popup that every click waits for; MSAL refuses a second.
    open: RefCell<Option<Popup>>,
    /// A sign-in was needed when no popup could be opened: the next click opens it first.
    sign_in_next: Cell<bool>,
    /// Another sign-in window of the host's was in the way: where silence does not help either, the
    /// next one of ours takes its place.
    take_over: Cell<bool>,
    /// When the token was last looked after without being wanted. Never again after that failed, until a request was given one.
    looked: Cell<f64>,
}

/// A popup of ours that has not answered.
struct Popup {
    answer: Promise,
    /// What it was opened for.
    want: JsValue,
    /// The window, once MSAL has told about it.
    window: JsValue,
}

thread_local! {
    /// What was made on this page, for clicks that do not ask for a token themselves.
    static MADE: RefCell<Vec<Weak<Msal>>> = const { RefCell::new(Vec::new()) };
}

/// A person clicks again on what is under way: it may be that they closed the sign-in window.
pub(crate) fn clicked_again() {
    let made = MADE.with_borrow(Clone::clone);
    for msal in made.iter().filter_map(Weak::upgrade) {
        msal.reopen();
    }
}

/// Makes the function. `options` may be undefined.
pub(crate) fn provider(pca: JsValue, options: &JsValue) -> Result<JsValue, Failure> {
    let Some(silent) = js::function(&pca, "acquireTokenSilent") else {
        return Err(invalid(
            "pca",
            "must be an instance of MSAL's PublicClientApplication",
        ));
    };
    let interactive = match js::get(options, "interactive") {
        value if !js::given(&value) => true,
        value => match value.as_string().as_deref() {
            Some("popup") => true,
            Some("none") => false,
            _ => return Err(invalid("interactive", "must be \"popup\" or \"none\"")),
        },
    };
    let popup = js::function(&pca, "acquireTokenPopup").filter(|_| interactive);
    let msal = Rc::new(Msal {
        silent,
        popup,
        account: js::get(options, "account"),
        open: RefCell::default(),
        sign_in_next: Cell::new(false),
        take_over: Cell::new(false),
        looked: Cell::new(f64::NEG_INFINITY),
        pca,
    });
    msal.hear_of_windows();
    MADE.with_borrow_mut(|made| {
        made.retain(|one| one.strong_count() > 0);
        made.push(Rc::downgrade(&msal));
    });
    let function = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |want| {
        if js::flag(&want, token::AHEAD) {
            msal.look_ahead(&want);
            return JsValue::UNDEFINED;
        }
        msal.token(want).into()
    });
    let function = function.into_js_value();
    js::set(&function, token::AHEAD, &JsValue::TRUE);
    Ok(function)
}

impl Msal {
    /// A click may come: what MSAL is about to renew is renewed before, silently. Where that does not work, the click
    /// finds out.
    fn look_ahead(self: &Rc<Self>, want: &JsValue) {
        let waits = self.sign_in_next.get() || self.open.borrow().is_some();
        let at = now();
        if !looks_after(at - self.looked.get(), waits) {
            return;
        }
        self.looked.set(at);
        if js::given(&self.account()) {
            let msal = Rc::clone(self);
            let silent = self.ask_silently(want);
            js::spawn(async move {
                // Then not again before a request has been given a token; it may have been, meanwhile.
                if js::wait(silent).await.is_err() && msal.looked.get() == at {
                    msal.looked.set(f64::INFINITY);
                }
            });
        }
    }

    /// What the host may call as well as we: a promise of an access token.
    fn token(self: &Rc<Self>, want: JsValue) -> Promise {
        // What needs the click's activation happens before anything is waited for.
        let first = self
            .popup_for(&want, self.sign_in_next.get())
            .ok_or_else(|| self.ask_silently(&want));
        let msal = Rc::clone(self);
        js::promise(async move {
            let token = msal.finish(first, &want).await?;
            // That was a look as well.
            msal.looked.set(now());
            Ok(token)
        })
    }

    /// The popup that is open, whoever it was opened for, else a new one where that is wanted and
    /// the browser would allow it; true where its token will do for this request.
    fn popup_for(self: &Rc<Self>, want: &JsValue, wanted: bool) -> Option<(Promise, bool)> {
        if let Some(popup) = &*self.open.borrow() {
            let fits = asks_for(&popup.want) == asks_for(want);
            return Some((popup.answer.clone(), fits));
        }
        let opened = (wanted && has_activation()).then(|| self.open_popup(want))??;
        Some((opened, true))
    }

    /// Waits for what was asked first: a popup, or silence, after which a popup may follow.
    async fn finish(
        self: &Rc<Self>,
        mut first: Result<(Promise, bool), Promise>,
        want: &JsValue,
    ) -> Result<JsValue, JsValue> {
        // MSAL before 5.25 lets a request have the answer of one that is under way for the same scopes, whether that renews
        // or not. Where a token of its cache comes of that, it is asked once more: the one that was shared has ended.
        let mut renews = js::flag(want, "forceRefresh");
        let popup = loop {
            let silent = match first {
                Ok(popup) => break Some(popup),
                Err(silent) => silent,
            };
            match js::wait(silent).await {
                Ok(result) if renews && js::flag(&result, "fromCache") => {
                    renews = false;
                    first = Err(self.ask_silently(want));
                }
                Ok(result) => {
                    // Whatever window was in the way has done its work.
                    self.take_over.set(false);
                    return access_token(&result);
                }
                Err(error) if !needs_sign_in(&error) => return Err(refused(&error)),
                Err(_) => break self.popup_for(want, true),
            }
        };
        let Some((popup, fits)) = popup else {
            self.sign_in_next.set(self.popup.is_some());
            return Err(error::to_js(&Problem::InteractionRequired.into()));
        };
        let result = self.answer_of(popup).await?;
        if fits {
            return access_token(&result);
        }
        // Opened for other scopes or claims; now silence will do.
        match js::wait(self.ask_silently(want)).await {
            Ok(result) => access_token(&result),
            Err(error) => Err(refused(&error)),
        }
    }

    /// Waits for a popup, and for the one that takes its place.
    async fn answer_of(self: &Rc<Self>, mut popup: Promise) -> Result<JsValue, JsValue> {
        loop {
            let error = match js::wait(popup.clone()).await {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            let newer = self.open.borrow().as_ref().map(|open| open.answer.clone());
            match newer {
                Some(newer) if !is_same(&newer, &popup) => popup = newer,
                _ => {
                    if js::text(&error, "errorCode").as_deref() == Some("interaction_in_progress") {
                        self.take_over.set(true);
                    }
                    return Err(refused(&error));
                }
            }
        }
    }

    fn request(&self, want: &JsValue) -> JsValue {
        let request = js::object(&[("scopes", js::get(want, "scopes"))]);
        let account = self.account();
        if js::given(&account) {
            js::set(&request, "account", &account);
        }
        let claims = js::get(want, "claims");
        if js::given(&claims) {
            js::set(&request, "claims", &claims);
        }
        request
    }

    /// The account asked for, else the active one, else the only one there is.
    fn account(&self) -> JsValue {
        if js::given(&self.account) {
            return self.account.clone();
        }
        let call = |name| js::call(&self.pca, name, &[]).filter(js::given);
        call("getActiveAccount")
            .or_else(|| {
                let all = call("getAllAccounts")?;
                Some(js::get(&all, "0"))
            })
            .unwrap_or(JsValue::UNDEFINED)
    }

    fn ask_silently(&self, want: &JsValue) -> Promise {
        let request = self.request(want);
        let renew = js::flag(want, "forceRefresh");
        js::set(&request, "forceRefresh", &renew.into());
        settle(self.silent.call1(&self.pca, &request))
    }

    /// Opens the popup again where a click finds it closed. Only a click on what waits for it says that
    /// the person gave it up: a window also looks closed while its answer is on its way, and where the
    /// provider's policy separates it from this page.
    fn reopen(self: &Rc<Self>) {
        let open = self.open.borrow();
        let Some(popup) = &*open else { return };
        let (want, closed) = (popup.want.clone(), js::flag(&popup.window, "closed"));
        drop(open);
        if gives_up_window(closed, has_activation()) {
            self.take_over.set(true);
            self.open_popup(&want);
        }
    }

    fn open_popup(self: &Rc<Self>, want: &JsValue) -> Option<Promise> {
        let popup = self.popup.as_ref()?;
        self.sign_in_next.set(false);
        let request = self.request(want);
        if self.take_over.replace(false) {
            // MSAL 5 would refuse until the one before times out; it gives that one up instead.
            js::set(&request, "overrideInteractionInProgress", &JsValue::TRUE);
        }
        // Known before MSAL is called: Firefox lets other things happen while a window opens, and
        // the popup that this one replaces is given up within the call.
        let mut resolve = None;
        let opened = Promise::new(&mut |resolved, _| resolve = Some(resolved));
        self.open.replace(Some(Popup {
            answer: opened.clone(),
            want: want.clone(),
            window: JsValue::UNDEFINED,
        }));
        let called = settle(popup.call1(&self.pca, &request));
        if let Some(resolve) = resolve {
            let _ = resolve.call1(&JsValue::UNDEFINED, &called);
        }
        let msal = Rc::clone(self);
        let answer = opened.clone();
        js::spawn(async move {
            // Not at once: what asks for the token may be in the middle of something.
            page().signing_in(true);
            let _ = js::wait(answer.clone()).await;
            let ours = |popup: &Popup| is_same(&popup.answer, &answer);
            if msal.open.borrow().as_ref().is_some_and(ours) {
                msal.open.take();
                page().signing_in(false);
            }
        });
        Some(opened)
    }

    /// Remembers the window of our popup. Only that tells whether a person has closed it: MSAL 5
    /// itself waits on, since a provider's own policy can make any window look closed.
    fn hear_of_windows(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let heard = js::callback(move |message| {
            let Some(msal) = weak.upgrade() else { return };
            if js::text(&message, "eventType").as_deref() == Some(POPUP_OPENED)
                && let Some(popup) = &mut *msal.open.borrow_mut()
            {
                popup.window = js::get(&js::get(&message, "payload"), "popupWindow");
            }
        });
        js::call(&self.pca, "addEventCallback", &[&heard.into_js_value()]);
    }
}

fn is_same(one: &Promise, other: &Promise) -> bool {
    let one: &JsValue = one.as_ref();
    let other: &JsValue = other.as_ref();
    one == other
}

/// What was thrown is as good as a rejection.
fn settle(called: Result<JsValue, JsValue>) -> Promise {
    match called {
        Ok(value) => Promise::resolve(&value),
        Err(thrown) => Promise::reject(&thrown),
    }
}

/// The problem behind a popup's failure.
fn popup_refusal(error: &JsValue) -> Failure {
    match js::text(error, "name").as_deref() {
        // Firefox throws it itself in a sandbox that allows no windows, and MSAL passes it on.
        Some("InvalidAccessError") => Problem::PopupBlocked.into(),
        _ => token::refusal(error),
    }
}

fn access_token(result: &JsValue) -> Result<JsValue, JsValue> {
    let token = js::get(result, "accessToken");
    if token.is_string() {
        Ok(token)
    } else {
        Err(error::to_js(&Problem::TokenUnavailable.into()))
    }
}

/// What makes one request's token do for another: scopes and claims, as text.
fn asks_for(want: &JsValue) -> Option<String> {
    let parts = ["scopes", "claims"].map(|name| (name, js::get(want, name)));
    js_sys::JSON::stringify(&js::object(&parts))
        .ok()?
        .as_string()
}

/// Whether a person has to sign in before silence helps again.
fn needs_sign_in(error: &JsValue) -> bool {
    meaning(&js::text(error, "errorCode").unwrap_or_default()) == Meaning::SignIn
}

/// Our error for one of MSAL's. It keeps MSAL's code, where that is a known one: whoever passes it on
/// to us again gets the same sentence and next step.
fn refused(error: &JsValue) -> JsValue {
    let ours = error::to_js(&popup_refusal(error));
    let code = js::text(error, "errorCode");
    if let Some(code) = code.and_then(|code| known(&code)) {
        js::set(&ours, "errorCode", &code.into());
    }
    ours
}

/// Whether the browser would allow a popup now. Where it cannot be asked, trying tells.
fn has_activation() -> bool {
    let activation = js::get(&js::get(&window(), "navigator"), "userActivation");
    js::get(&activation, "isActive").as_bool().unwrap_or(true)
}
