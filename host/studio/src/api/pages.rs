//! Pages for people, which hold no data: their script asks for it as other scripts do.

use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use nnc_studio_pages::{Context, route};
use sha2::{Digest, Sha256};

use super::Shared;
use super::request::In;
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// A page: the same one for everybody, since it holds nothing of anybody.
pub(super) async fn page(State(studio): State<Shared>, In(language): In, request: Request) -> Result<Response> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let why = Why::NoSuchMethod { method: request.method().to_string() };
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", why));
    }
    let context = Context { language, version: studio.options.version };
    let decoded = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8();
    Ok(match decoded.ok().and_then(|path| route(&path)) {
        Some(screen) => Html(nnc_studio_pages::page(&screen, &context)).into_response(),
        None => (StatusCode::NOT_FOUND, Html(nnc_studio_pages::not_found(&context))).into_response(),
    })
}

/// A stylesheet, a script or an icon.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response> {
    let asset = nnc_studio_pages::asset(&path).ok_or_else(|| Refusal::missing(Why::NoSuchPage))?;
    let digest = nnc_files::hex(&Sha256::digest(asset.bytes));
    let etag = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
    let is_known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|known| known == etag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, asset.content_type)], asset.bytes).into_response()
    };
    // Asked for again each time, so that no update meets old scripts.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().extend(HeaderValue::from_str(&etag).ok().map(|value| (ETAG, value)));
    Ok(response)
}
