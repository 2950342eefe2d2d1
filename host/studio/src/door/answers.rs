//! What every answer carries: nothing of it runs, is framed, is kept or is taken for something else by other pages; and refusals
//! in words.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Spoken;
use crate::refusal::Refusal;
use crate::studio::Studio;
use crate::why::Why;

/// Pages: own scripts and styles, nothing inline, nothing from elsewhere.
const PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; \
                     frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

const USUAL: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-frame-options"), "SAMEORIGIN"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()",
    ),
];

/// Runs a request and completes its answer.
pub(crate) async fn answers(State(studio): State<Arc<Studio>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let spoken = Spoken::of(&parts, studio.language());
    parts.extensions.insert(spoken);
    let method = parts.method.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && response.extensions().get::<Refusal>().is_none() {
        let why = Why::NoSuchMethod { method: method.to_string() };
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", why);
        response.extensions_mut().insert(refusal);
    }
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        response = worded(&refusal, spoken, response, &method);
    }
    for (name, value) in USUAL {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response.headers_mut().entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(PAGES));
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The refusal in words, with what else its answer had, such as `Allow`.
fn worded(refusal: &Refusal, spoken: Spoken, was: Response, method: &Method) -> Response {
    let mut text = refusal.to_json(spoken.0).to_string();
    text.push('\n');
    let body = if *method == Method::HEAD { String::new() } else { text };
    let mut response = (refusal.status, [(CONTENT_TYPE, "application/json")], body).into_response();
    if let Some(allowed) = was.headers().get(axum::http::header::ALLOW) {
        response.headers_mut().insert(axum::http::header::ALLOW, allowed.clone());
    }
    if refusal.status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(axum::http::header::WWW_AUTHENTICATE, scheme);
    }
    response
}
