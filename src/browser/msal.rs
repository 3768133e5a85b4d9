//! `msalToken`: a `getToken` on top of the host's own MSAL, version 4 or 5.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use crate::browser::dom::window;
use crate::browser::page::page;
use crate::browser::{js, token};
use crate::error;
use crate::rules::msal::{Meaning, meaning};
use crate::rules::options::invalid;
use crate::rules::problem::{Failure, Problem};

/// The host's MSAL and what is remembered between calls. No token is.
struct Msal {
    pca: JsValue,
    silent: Function,
    popup: Option<Function>,
    account: JsValue,
    /// The one popup that every click waits for; MSAL refuses a second.
    open: RefCell<Option<Promise>>,
    /// A sign-in was needed when no popup could be opened: the next click opens it first.
    sign_in_next: Cell<bool>,
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
        pca,
    });
    let function = Closure::<dyn Fn(JsValue) -> Promise>::new(move |want| msal.token(want));
    Ok(function.into_js_value())
}

impl Msal {
    /// What the host may call as well as we: a promise of an access token.
    fn token(self: &Rc<Self>, want: JsValue) -> Promise {
        // What needs the click's activation happens before anything is waited for.
        let first = self
            .joined_popup()
            .or_else(|| {
                let now = self.sign_in_next.get() && has_activation();
                now.then(|| self.open_popup(&want)).flatten()
            })
            .map_or_else(|| (self.ask_silently(&want), false), |popup| (popup, true));
        let msal = Rc::clone(self);
        js::promise(async move {
            let result = msal.finish(first.0, first.1, &want).await;
            result.map_err(|failure| error::to_js(&failure))
        })
    }

    async fn finish(
        self: &Rc<Self>,
        promise: Promise,
        popup: bool,
        want: &JsValue,
    ) -> Result<JsValue, Failure> {
        let error = match js::wait(promise).await {
            Ok(result) => return access_token(&result),
            Err(error) => error,
        };
        let code = js::text(&error, "errorCode").unwrap_or_default();
        if popup || meaning(&code) != Meaning::SignIn {
            return Err(token::refusal(&error));
        }
        let opened = self
            .joined_popup()
            .or_else(|| has_activation().then(|| self.open_popup(want)).flatten());
        let Some(opened) = opened else {
            self.sign_in_next.set(self.popup.is_some());
            return Err(Problem::InteractionRequired.into());
        };
        match js::wait(opened).await {
            Ok(result) => access_token(&result),
            Err(error) => Err(token::refusal(&error)),
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
                Some(Array::from(&all).get(0))
            })
            .unwrap_or(JsValue::UNDEFINED)
    }

    fn ask_silently(&self, want: &JsValue) -> Promise {
        let request = self.request(want);
        let renew = js::flag(want, "forceRefresh");
        js::set(&request, "forceRefresh", &renew.into());
        settle(self.silent.call1(&self.pca, &request))
    }

    /// The popup that is already open, if any.
    fn joined_popup(&self) -> Option<Promise> {
        self.open.borrow().clone()
    }

    fn open_popup(self: &Rc<Self>, want: &JsValue) -> Option<Promise> {
        let popup = self.popup.as_ref()?;
        self.sign_in_next.set(false);
        let opened = settle(popup.call1(&self.pca, &self.request(want)));
        self.open.replace(Some(opened.clone()));
        let msal = Rc::clone(self);
        let closed = opened.clone();
        js::spawn(async move {
            // Not at once: what asks for the token may be in the middle of something.
            page().signing_in(true);
            let _ = js::wait(closed).await;
            msal.open.take();
            page().signing_in(false);
        });
        Some(opened)
    }
}

/// What was thrown is as good as a rejection.
fn settle(called: Result<JsValue, JsValue>) -> Promise {
    match called {
        Ok(value) => Promise::resolve(&value),
        Err(thrown) => Promise::reject(&thrown),
    }
}

fn access_token(result: &JsValue) -> Result<JsValue, Failure> {
    let token = js::get(result, "accessToken");
    if token.is_string() {
        Ok(token)
    } else {
        Err(Problem::TokenUnavailable.into())
    }
}

/// Whether the browser would allow a popup now. Where it cannot be asked, trying tells.
fn has_activation() -> bool {
    let activation = js::get(&js::get(&window(), "navigator"), "userActivation");
    js::get(&activation, "isActive").as_bool().unwrap_or(true)
}
