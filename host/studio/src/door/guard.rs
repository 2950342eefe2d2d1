//! Looks at every request before anything is done about it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::crowd::Known;
use crate::refusal::{Refusal, Result};
use crate::studio::Studio;
use crate::why::Why;

/// What the script of a page sends along: the session that it got for the token. It keeps that for its own origin, which no other site
/// and no other port of this computer has a part in.
const SESSION: HeaderName = HeaderName::from_static("x-nnc-studio");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Where whoever has no token may go: the session, to get in.
const OPEN: &str = "/api/v1/session";
/// All that holds data. Pages, style sheets and scripts are the same for everybody, and the one that asks for the token is among them.
const CLOSED: &str = "/api/";

/// Lets a request through, or refuses it.
pub(crate) async fn guard(State(studio): State<Arc<Studio>>, request: Request, next: Next) -> Result<Response> {
    let (parts, body) = request.into_parts();
    host(&studio, &parts)?;
    origin(&parts)?;
    let is_sign_in = parts.uri.path() == OPEN && parts.method == Method::POST;
    if parts.uri.path().starts_with(CLOSED) && !is_sign_in {
        if !is_let_in(&studio, &parts) {
            if parts.headers.contains_key(AUTHORIZATION) {
                studio.door.was_wrong().await;
            }
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "not-signed-in", Why::NotSignedIn));
        }
        if let Some(known) = parts.extensions.get::<Known>() {
            known.set();
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
        // A link to a page is followed: pages hold no data.
        Some(site @ ("cross-site" | "same-site")) if !is_navigation => refused(site),
        _ => Ok(()),
    }
}

/// Whether a request brings what lets in. Nothing that browsers send by themselves does.
fn is_let_in(studio: &Studio, parts: &Parts) -> bool {
    by_token(studio, &parts.headers)
        || session_of(&parts.headers).is_some_and(|session| studio.door.is_session(session))
        || by_ticket(studio, parts)
}

fn by_token(studio: &Studio, headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.split_once(' '));
    token.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && studio.door.opens(token.trim()))
}

/// The session that a page sends.
pub(crate) fn session_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION)?.to_str().ok()
}

fn by_ticket(studio: &Studio, parts: &Parts) -> bool {
    let pairs = parts.uri.query().unwrap_or_default().split('&');
    let ticket = pairs.into_iter().find_map(|pair| pair.strip_prefix("ticket="));
    parts.method == Method::GET && ticket.is_some_and(|ticket| studio.door.tickets.take(ticket, parts.uri.path()))
}
