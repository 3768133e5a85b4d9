//! The one request that carries the token, prepared whole; the worker only sends it.

use crate::rules::endpoint::Endpoint;
use crate::rules::id::Cab;
use crate::rules::token::Token;

/// A request to the endpoint, ready to be sent with GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Below the configured endpoint, by construction.
    pub url: String,
    token: Token,
    /// `same-origin` for a relay, since portals sit behind cookies and Windows sign-in; `omit`
    /// otherwise, since the token alone authorises.
    pub credentials: &'static str,
}

impl Request {
    /// Asks for one CAB.
    #[must_use]
    pub fn for_cab(endpoint: &Endpoint, cab: &Cab, token: Token) -> Self {
        Self::below(endpoint, &cab.path_and_query(), token)
    }

    /// Asks for what lies at this path and query below the endpoint, both written by this crate.
    #[must_use]
    pub fn below(endpoint: &Endpoint, path_and_query: &str, token: Token) -> Self {
        Self {
            url: [endpoint.base(), path_and_query].concat(),
            token,
            credentials: if endpoint.same_origin() {
                "same-origin"
            } else {
                "omit"
            },
        }
    }

    /// The value of the `Authorization` header.
    #[must_use]
    pub fn authorization(&self) -> String {
        ["Bearer ", self.token.expose()].concat()
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::endpoint::{DEFAULT, tests::address};
    use crate::rules::id::{CabIdHash, Method};
    use proptest::prelude::*;

    fn endpoint(text: &str) -> Endpoint {
        Endpoint::new(&address(text), "https://portal.example").unwrap()
    }

    fn token() -> Token {
        Token::parse("secret".into()).unwrap()
    }

    #[test]
    fn the_documented_address_results() {
        let id = "c1a51104-d682-4230-be14-7278b18e3555";
        let cab = Cab::ihv(CabIdHash::parse(id).unwrap());
        let request = Request::for_cab(&endpoint(DEFAULT), &cab, token());
        assert_eq!(
            request.url,
            "https://manage.devcenter.microsoft.com/v1.0/my/analytics/ihvdriver/cabdownload?cabIdHash=c1a51104-d682-4230-be14-7278b18e3555"
        );
        assert_eq!(request.authorization(), "Bearer secret");
        assert_eq!(request.credentials, "omit");
        let relay = endpoint("https://portal.example/devcenter");
        assert_eq!(
            Request::for_cab(&relay, &cab, token()).credentials,
            "same-origin"
        );
        assert!(!format!("{request:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn no_cab_leads_away_from_the_endpoint(
            id in "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
            application in "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
            method in prop::sample::select(Method::ALL.to_vec()),
            base in prop::sample::select(vec![
                DEFAULT, "https://portal.example/", "https://portal.example/a/b/", "http://localhost:4402/x/",
            ]),
        ) {
            let endpoint = endpoint(base);
            let cab = Cab::from_parts(&id, Some(method.as_str()), Some(&application), false).unwrap();
            let request = Request::for_cab(&endpoint, &cab, token());
            let rest = request.url.strip_prefix(base).unwrap();
            let asked = [method.as_str(), "/cabdownload?cabIdHash=", &id].concat();
            match rest.strip_prefix(&asked).unwrap() {
                "" => prop_assert!(!method.needs_application()),
                more => {
                    prop_assert!(method.needs_application());
                    prop_assert_eq!(more, ["&applicationId=", &application].concat());
                }
            }
            let odd = |c: char| c != '?' && c != '&' && c != '=' && c != '/' && !c.is_ascii_alphanumeric() && !".-_".contains(c);
            prop_assert!(!rest.contains(odd) && !rest.contains("//"), "{}", rest);
            let own = base.starts_with("https://portal.example/");
            prop_assert_eq!(request.credentials, if own { "same-origin" } else { "omit" });
        }

        #[test]
        fn the_token_stands_in_one_header_and_nowhere_else(text in "[!-~]{8,200}") {
            let cab = Cab::ihv(CabIdHash::parse("a").unwrap());
            let token = Token::parse(text.clone()).unwrap();
            let request = Request::for_cab(&endpoint(DEFAULT), &cab, token);
            prop_assert_eq!(request.authorization(), ["Bearer ", &text].concat());
            prop_assert!(!request.url.contains(&text));
            let shown = format!("{request:?}");
            prop_assert!(!shown.contains(&text), "{}", shown);
        }
    }
}
