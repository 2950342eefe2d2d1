//! Pages for people, which hold no data: they ask for it as scripts do. Here they get their way in.

use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use nnc_studio_pages::{Context, route};
use sha2::{Digest, Sha256};

use super::Shared;
use super::request::In;
use crate::door;
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// The page that was opened with the token leads on to one without it. The browser itself goes there, from a page of the studio: sent
/// on by the server it would come as from elsewhere, without its cookie.
const ONWARD: &str = "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url=/\"><title>nnc-host</title>\n";

/// A page, or the one that asks for the token.
pub(super) async fn page(State(studio): State<Shared>, In(language): In, request: Request) -> Result<Response> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let why = Why::NoSuchMethod { method: request.method().to_string() };
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", why));
    }
    let path = request.uri().path();
    let token = request.uri().query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("token="));
    if let Some(token) = token.filter(|_| path == "/") {
        let token = percent_encoding::percent_decode_str(token).decode_utf8_lossy();
        if studio.door.opens(&token) {
            studio.was_opened();
            return Ok((AppendHeaders([(SET_COOKIE, studio.door.set_cookie())]), Html(ONWARD)).into_response());
        }
    }
    let folder = studio.workspace.path().display().to_string();
    let mut context = Context { language, version: studio.options.version, folder };
    if !door::is_signed_in(&studio, request.headers()) {
        // Where the folder is concerns nobody who is not in.
        context.folder.clear();
        return Ok((StatusCode::UNAUTHORIZED, Html(nnc_studio_pages::sign_in(&context))).into_response());
    }
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8();
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
