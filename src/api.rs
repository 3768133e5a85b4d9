//! The whole public face in JavaScript. `cablink.d.ts` is made from it.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::Node;

use crate::browser::link::Link;
use crate::browser::page::page;
use crate::browser::{js, lists, msal, options};
use crate::error;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("api.d.ts");

/// The lists stand there: their types depend on the query's `method`.
#[wasm_bindgen(typescript_custom_section)]
const TYPES_OF_LISTS: &str = include_str!("lists.d.ts");

#[wasm_bindgen]
extern "C" {
    /// See `api.d.ts`.
    #[wasm_bindgen(typescript_type = "CabLinkOptions")]
    pub type CabLinkOptions;
    /// See `api.d.ts`.
    #[wasm_bindgen(typescript_type = "Cab")]
    pub type CabArgument;
    /// See `api.d.ts`.
    #[wasm_bindgen(typescript_type = "MsalClient")]
    pub type MsalClient;
    /// See `api.d.ts`.
    #[wasm_bindgen(typescript_type = "GetToken")]
    pub type GetToken;
}

/// Download links for CABs on one page.
///
/// ```js
/// const cabs = await CabLink.start({ getToken: msalToken(pca), endpoint: "/devcenter/" });
/// cabs.enhance(document.body);
/// ```
#[wasm_bindgen]
pub struct CabLink {
    link: Rc<Link>,
}

#[wasm_bindgen]
impl CabLink {
    /// Checks the options, registers the worker and waits until it is active.
    ///
    /// ```js
    /// const cabs = await CabLink.start({ getToken: msalToken(pca), endpoint: "/devcenter/" });
    /// ```
    ///
    /// # Errors
    /// `invalid_options` with its `field`; `insecure_context`; and, with `handoff: "worker"`,
    /// `worker_unavailable` or `worker_silent`.
    #[wasm_bindgen(unchecked_return_type = "Promise<CabLink>")]
    pub fn start(options: CabLinkOptions) -> Promise {
        // Now, not in the promise: links are enhanced before anybody can click on them.
        let link = Link::start(&options);
        js::promise(async move {
            let ready = match link {
                Ok(link) => link.ready().await.map(|()| link),
                Err(failure) => Err(failure),
            };
            match ready {
                Ok(link) => Ok(Self { link }.into()),
                Err(failure) => Err(error::to_js(&failure)),
            }
        })
    }

    /// Downloads one CAB. Resolves once storage has answered with a file that the browser took.
    ///
    /// ```js
    /// const { attempts } = await cabs.download("c1a51104-d682-4230-be14-7278b18e3555", { signal });
    /// ```
    ///
    /// A second call for a CAB that is under way gives the same promise, unless it goes to a tab of
    /// its own. At most four run at once. The events go to the option `link`, an element, where there
    /// is one, else to `document`.
    ///
    /// # Errors
    /// Rejects with a `CabLinkError`; every code but `invalid_query`, and `invalid_options` only for
    /// a `signal` or a `link` that is none.
    #[wasm_bindgen(unchecked_return_type = "Promise<DownloadResult>")]
    pub fn download(
        &self,
        cab: CabArgument,
        #[wasm_bindgen(unchecked_optional_param_type = "DownloadOptions")] options: JsValue,
    ) -> Promise {
        let read = options::read_signal(&options)
            .and_then(|signal| Ok((signal, options::read_link(&options)?)));
        match read {
            Ok((signal, link)) => self.link.download(&cab, link, signal.as_ref()),
            Err(failure) => Promise::reject(&error::to_js(&failure)),
        }
    }

    /// The CAB's address inside the worker's scope, for links.
    ///
    /// ```js
    /// link.href = cabs.href("c1a51104-d682-4230-be14-7278b18e3555");
    /// ```
    ///
    /// By itself the address only explains what it is. A click downloads where `enhance` covers
    /// the link.
    ///
    /// With `press`, a person's own press or click that a listener on the link hears, the address
    /// downloads once within two minutes, in whichever tab it is opened: for a link that `enhance`
    /// does not cover, as in a shadow tree. A `pointerdown` also makes ready what `download` of that CAB will need.
    ///
    /// # Errors
    /// Throws `invalid_cab_id`.
    pub fn href(
        &self,
        cab: CabArgument,
        #[wasm_bindgen(unchecked_optional_param_type = "Event")] press: JsValue,
    ) -> Result<String, JsValue> {
        let cab = options::read_cab(&cab).map_err(|bad| error::to_js(&bad.into()))?;
        Ok(self.link.address(&cab, &press))
    }

    /// The last `CabLink` of this page that was started and is not stopped. Each call gives an object of
    /// its own, so they are not to be compared by `===`.
    ///
    /// ```js
    /// CabLink.started()?.download("c1a51104-d682-4230-be14-7278b18e3555");
    /// ```
    pub fn started() -> Option<CabLink> {
        page().last().map(|link| Self { link })
    }

    /// Makes plain clicks on CAB links below `root` download, now and for links added later.
    ///
    /// ```js
    /// cabs.enhance(document.body);
    /// ```
    ///
    /// Ours are links to `…/cabdownload?cabIdHash=…` below the API's address, the configured
    /// endpoint or the scope, and `a[data-cab-id-hash]`. Every other link is left alone.
    ///
    /// # Errors
    /// Throws `invalid_options` where `root` is no node.
    pub fn enhance(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Node")] root: JsValue,
    ) -> Result<(), JsValue> {
        let root = root.dyn_into::<Node>().map_err(|_| {
            let failure = crate::rules::options::invalid("root", "must be an element");
            error::to_js(&failure)
        })?;
        self.link.enhance(&root);
        Ok(())
    }

    /// How often each failure was seen: one slice of the list, with its rows and a way to the next.
    ///
    /// ```js
    /// const slice = await cabs.failureHits({ startDate: "2026-01-01", groupby: ["failureName", "failureHash"] });
    /// for await (const row of slice) console.log(row.failureName, row.eventCount);
    /// ```
    ///
    /// # Errors
    /// Rejects with a `CabLinkError`: `invalid_query` with its `field` before anything is sent; else
    /// as a request ends. Loading the module of the lists may fail with `network_error`.
    #[wasm_bindgen(js_name = failureHits, skip_typescript)]
    pub fn failure_hits(&self, query: JsValue, options: JsValue) -> Promise {
        lists::call("failureHits", &[self.link.lists().clone(), query, options])
    }

    /// The occurrences of one failure, each with the id of its CAB.
    ///
    /// ```js
    /// const { rows } = await cabs.failureDetails("f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f", { top: 100 });
    /// await cabs.download(rows[0].cabIdHash);
    /// ```
    ///
    /// # Errors
    /// As for `failureHits`.
    #[wasm_bindgen(js_name = failureDetails, skip_typescript)]
    pub fn failure_details(
        &self,
        failure_hash: JsValue,
        query: JsValue,
        options: JsValue,
    ) -> Promise {
        let host = self.link.lists().clone();
        lists::call("failureDetails", &[host, failure_hash, query, options])
    }

    /// The CABs of one failure with a way to each: for Windows 10 drivers, 100 at once.
    ///
    /// ```js
    /// const slice = await cabs.failureCabs(failureHash, { applicationId: "18430592857500421" });
    /// await slice.download(slice.rows[0].cabIdHash);
    /// ```
    ///
    /// The browser goes straight to storage, without a request to the service for each CAB. The
    /// page's policy needs storage in `frame-src`.
    ///
    /// # Errors
    /// As for `failureHits`; `slice.download` rejects as `download` does.
    #[wasm_bindgen(js_name = failureCabs, skip_typescript)]
    pub fn failure_cabs(&self, failure_hash: JsValue, query: JsValue, options: JsValue) -> Promise {
        let host = self.link.lists().clone();
        lists::call("failureCabs", &[host, failure_hash, query, options])
    }

    /// Ends what runs with `aborted` and puts every enhanced link back as it was.
    ///
    /// ```js
    /// cabs.stop();
    /// ```
    ///
    /// The worker stays registered: other tabs may use it.
    pub fn stop(&self) {
        self.link.stop();
    }
}

/// A `getToken` for [`CabLink::start`] on top of the page's own MSAL.
///
/// ```js
/// const getToken = msalToken(pca, { interactive: "popup" });
/// ```
///
/// The page signs people in, by `loginPopup` or otherwise; as long as nobody is,
/// `token_unavailable` says so. Then silent first. Where a person has to sign in again, one popup
/// for all waiting clicks, and only while the click's activation lasts; else `interaction_required`, and the next click opens it at once.
/// When the pointer or the focus comes to an enhanced link, MSAL is asked silently at once, at most every minute, so that it
/// gets or renews a token before the click; a `getToken` around this one does without.
/// While a sign-in window of the page's own is open, `interaction_required` as well; the next click
/// tries silently, and where that does not help, its popup takes that window's place (MSAL 5).
///
/// # Errors
/// Throws `invalid_options` where `pca` is not MSAL's. The function's promise rejects with a
/// `CabLinkError`: `interaction_required`, `popup_blocked`, `token_unavailable`, `timeout`,
/// `network_error`.
#[wasm_bindgen(js_name = msalToken)]
pub fn msal_token(
    pca: MsalClient,
    #[wasm_bindgen(unchecked_optional_param_type = "MsalTokenOptions")] options: JsValue,
) -> Result<GetToken, JsValue> {
    msal::provider(pca.into(), &options)
        .map(JsCast::unchecked_into)
        .map_err(|failure| error::to_js(&failure))
}
