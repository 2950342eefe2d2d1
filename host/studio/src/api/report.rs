//! The report of a result, to be looked at. Somebody else may have written it, so it stands in a frame of the studio's page in which it
//! can reach nothing, and the only scripts that run are those that this version writes into its own reports.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nnc_report::page_scripts;
use nnc_result_folder::names::REPORT;
use sha2::{Digest, Sha256};

use super::Shared;
use super::downloads::{open, streamed};
use super::request::{Part, aside};
use super::results::existing;
use crate::name::ResultId;
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// What a browser says an answer is for, where it says so.
const PURPOSE: HeaderName = HeaderName::from_static("sec-fetch-dest");
/// Names behind links are not asked for ahead.
const PREFETCH: HeaderName = HeaderName::from_static("x-dns-prefetch-control");
/// What may stand behind the last script.
const BEHIND: usize = 256;

/// Without an origin: no cookie, no storage, no request, no form, no window.
const CLOSED: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'self'";

/// What the report of this version may do. Any other script stands in it for nothing.
static OURS: LazyLock<String> = LazyLock::new(|| {
    let hash = |script: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)));
    let scripts: Vec<String> = page_scripts().into_iter().map(hash).collect();
    format!("sandbox allow-scripts; {CLOSED}; script-src {}", scripts.join(" "))
});

/// That of another version, or of somebody else: the page as it is without scripts, of which ours are complete.
static OTHERS: LazyLock<String> = LazyLock::new(|| format!("sandbox; {CLOSED}"));

/// The report, for the frame of a page.
pub(super) async fn report(
    State(studio): State<Shared>,
    Part(id): Part<ResultId>,
    headers: HeaderMap,
) -> Result<Response> {
    // In a window of its own a page could lead to another one.
    if headers.get(PURPOSE).is_some_and(|purpose| purpose != "iframe") {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "not-framed", Why::NotFramed));
    }
    let looking = Arc::clone(&studio);
    let folder = aside(move || existing(&looking, &id)).await?;
    let (file, bytes) = open(&studio, folder.join(REPORT)).await?;
    let (file, is_ours) = aside(move || Ok(ends_with_our_script(file)?)).await?;
    let policy = if is_ours { &*OURS } else { &*OTHERS };
    let mut response = ([(CONTENT_TYPE, "text/html; charset=utf-8")], streamed(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    headers.extend(HeaderValue::from_str(policy).ok().map(|policy| (CONTENT_SECURITY_POLICY, policy)));
    headers.insert(PREFETCH, HeaderValue::from_static("off"));
    Ok(response)
}

/// Whether a page has the script of this version at its end; where not it is shown without scripts, and shows what it has for that.
fn ends_with_our_script(mut file: File) -> io::Result<(File, bool)> {
    let longest = page_scripts().into_iter().map(str::len).max().unwrap_or_default();
    let start = file.metadata()?.len().saturating_sub((longest + BEHIND) as u64);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    (&mut file).take((longest + BEHIND) as u64).read_to_end(&mut end)?;
    file.seek(SeekFrom::Start(0))?;
    let end = String::from_utf8_lossy(&end);
    // The first one stands in the head.
    let is_ours = page_scripts().into_iter().skip(1).any(|script| end.contains(script));
    Ok((file, is_ours))
}
