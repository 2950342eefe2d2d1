//! What a request brings along, read with limits of size and time, and refused in words.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use nnc_messages::Language;
use serde::de::DeserializeOwned;

use crate::door::Spoken;
use crate::name::{Id, Name, ResultId};
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// The most bytes of a request that is no upload.
const MOST_BYTES: usize = 1 << 20;
/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request in JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        if media_type(request.headers()) != "application/json" {
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", Why::NotJson));
        }
        let bytes = whole(request.into_body()).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
            Refusal::new(status, "bad-body", Why::BadBody { reason: error.to_string() })
        })
    }
}

/// A request that is a text.
pub(super) struct Text(pub(super) String);

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        if media_type(request.headers()) != "text/plain" {
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-text", Why::NotText));
        }
        let bytes = whole(request.into_body()).await?;
        String::from_utf8(bytes.into()).map(Self).map_err(|error| {
            let reason = error.utf8_error().to_string();
            Refusal::new(StatusCode::BAD_REQUEST, "bad-body", Why::BadBody { reason })
        })
    }
}

/// The part of the address behind `?`.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let mut pairs = serde_json::Map::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            let twice = || {
                Refusal::new(
                    StatusCode::BAD_REQUEST,
                    "bad-query",
                    Why::BadQuery { reason: format!("{name} is there twice") },
                )
            };
            // The language is everywhere, and a ticket was taken at the door.
            if !matches!(name.as_str(), "lang" | "ticket") && pairs.insert(name.clone(), value.into()).is_some() {
                return Err(twice());
            }
        }
        serde_json::from_value(pairs.into()).map(Self).map_err(|error| {
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-query", Why::BadQuery { reason: error.to_string() })
        })
    }
}

fn decoded(text: &str) -> Result<String> {
    let text = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&text).decode_utf8();
    decoded.map(Into::into).map_err(|error| {
        Refusal::new(StatusCode::BAD_REQUEST, "bad-query", Why::BadQuery { reason: error.to_string() })
    })
}

/// A number in an address; `serde_json` has only texts there.
pub(super) fn number<'de, D, T>(deserializer: D) -> std::result::Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    // As JSON writes numbers: no plus sign, no leading zeros.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let number = plain.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| serde::de::Error::custom(format!("\"{text}\" is no whole number of at least 0 in range")))
}

/// As [`number`], for what may be missing.
pub(super) fn some_number<'de, D, T>(deserializer: D) -> std::result::Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    number(deserializer).map(Some)
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// All of a body, if it is small and comes soon.
async fn whole(body: Body) -> Result<Bytes> {
    let too_large = || {
        let why = Why::TooLarge { limit: MOST_BYTES as u64 };
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", why)
    };
    let collected = tokio::time::timeout(PATIENCE, Limited::new(body, MOST_BYTES).collect()).await;
    match collected {
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "too-slow", Why::TooSlow)),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => {
            Err(Refusal::new(StatusCode::BAD_REQUEST, "bad-body", Why::BadBody { reason: error.to_string() }))
        }
    }
}

/// The length that a request claims.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A component of the address as one of our names.
pub(super) struct Part<T>(pub(super) T);

/// What a component of the address can be.
pub(super) trait FromAddress: Sized {
    fn from_address(text: &str) -> Result<Self>;
}

impl FromAddress for Name {
    fn from_address(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl FromAddress for Id {
    fn from_address(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl FromAddress for ResultId {
    fn from_address(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl<A: FromAddress, B: FromAddress> FromAddress for (A, B) {
    fn from_address(text: &str) -> Result<Self> {
        let (a, b) = text.split_once('\0').unwrap_or((text, ""));
        Ok((A::from_address(a)?, B::from_address(b)?))
    }
}

impl<T: FromAddress, S: Send + Sync> FromRequestParts<S> for Part<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let bad = |reason: String| Refusal::bad_name(Why::BadQuery { reason });
        let parts =
            axum::extract::RawPathParams::from_request_parts(parts, state).await.map_err(|e| bad(e.to_string()))?;
        let values: Vec<&str> = parts.iter().map(|(_, value)| value).collect();
        // A name with a NUL is none, so that one can stand between them.
        if values.iter().any(|value| value.contains('\0')) {
            return Err(bad("NUL".to_owned()));
        }
        T::from_address(&values.join("\0")).map(Self)
    }
}

/// The language of a request.
pub(super) struct In(pub(super) Language);

impl<S: Send + Sync> FromRequestParts<S> for In {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(parts.extensions.get::<Spoken>().map_or_else(Language::default, |spoken| spoken.0)))
    }
}

/// Runs what waits for the disk beside the other requests.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(std::io::Error::other(error.to_string()).into()))
}
