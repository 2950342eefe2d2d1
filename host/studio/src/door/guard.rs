//! Looks at every request before anything is done about it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::cookies;
use crate::refusal::{Refusal, Result};
use crate::studio::Studio;
use crate::why::Why;

/// A page of another origin cannot send it without asking first, and is not allowed to.
const MARK: HeaderName = HeaderName::from_static("x-nnc-studio");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Where whoever has no token may go: the session, to get in.
const OPEN: &str = "/api/v1/session";
/// Stylesheets and scripts hold no data, and the page that asks for the token needs them.
const ASSETS: &str = "/assets/";

/// Lets a request through, or refuses it.
pub(crate) async fn guard(State(studio): State<Arc<Studio>>, request: Request, next: Next) -> Result<Response> {
    let (parts, body) = request.into_parts();
    host(&studio, &parts)?;
    origin(&parts)?;
    let is_asset = parts.uri.path().starts_with(ASSETS) && is_reading(&parts.method);
    let is_api = parts.uri.path().starts_with("/api/");
    let is_sign_in = parts.uri.path() == OPEN && parts.method == Method::POST;
    if is_sign_in {
        marked(&parts.headers)?;
    } else if is_api && !is_asset {
        let by_token = by_token(&studio, &parts.headers);
        if !by_token && !by_cookie(&studio, &parts.headers) {
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "not-signed-in", Why::NotSignedIn));
        }
        // The token comes from no page: browsers do not send it by themselves.
        if !by_token && !is_reading(&parts.method) {
            marked(&parts.headers)?;
        }
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The request is meant for this studio.
fn host(studio: &Studio, parts: &Parts) -> Result<()> {
    let refused = |found: &str| {
        let why = Why::ForeignHost { found: found.to_owned() };
        Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, "foreign-host", why))
    };
    let mut hosts = parts.headers.get_all(HOST).into_iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else {
        return refused("");
    };
    // A request of the form that proxies get names its host twice.
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    match authority.filter(|authority| *authority != host) {
        Some(other) => refused(other),
        None if studio.door.is_host(host) => Ok(()),
        None => refused(host),
    }
}

/// No page of another origin asks: not one elsewhere, and not one of another program on this computer.
fn origin(parts: &Parts) -> Result<()> {
    let text = |name: HeaderName| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let refused = |found: &str| {
        let why = Why::ForeignOrigin { found: found.to_owned() };
        Err(Refusal::new(StatusCode::FORBIDDEN, "foreign-origin", why))
    };
    if let Some(origin) = text(ORIGIN) {
        let host = text(HOST).unwrap_or_default();
        let own = ["http://", "https://"].into_iter().find_map(|scheme| origin.strip_prefix(scheme));
        if !own.is_some_and(|own| own.eq_ignore_ascii_case(host)) {
            return refused(origin);
        }
    }
    let is_navigation = text(MODE) == Some("navigate") && is_reading(&parts.method);
    match text(SITE) {
        // A link to a page is followed; the cookie does not come along then.
        Some(site @ ("cross-site" | "same-site")) if !is_navigation => refused(site),
        _ => Ok(()),
    }
}

fn marked(headers: &HeaderMap) -> Result<()> {
    if headers.get(MARK).is_some_and(|value| value == "1") {
        Ok(())
    } else {
        Err(Refusal::new(StatusCode::FORBIDDEN, "no-header", Why::NoHeader))
    }
}

fn by_token(studio: &Studio, headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.split_once(' '));
    token.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && studio.door.opens(token.trim()))
}

/// Whether the browser has shown the token before.
fn by_cookie(studio: &Studio, headers: &HeaderMap) -> bool {
    cookies::values(headers, &studio.door.cookie()).into_iter().any(|value| studio.door.is_session(value))
}

/// Whether a page may be shown.
pub(crate) fn is_signed_in(studio: &Studio, headers: &HeaderMap) -> bool {
    by_cookie(studio, headers) || by_token(studio, headers)
}
