//! Events as they happen: what changes, and what a job says. Nothing is kept for a page that is slow or gone; one that comes back
//! says how far it was.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;

use super::Shared;
use super::jobs::{check_after, known, logs};
use super::request::{Part, Query, aside, number};
use crate::jobs::{Tail, View, tail};
use crate::name::Id;
use crate::refusal::{Refusal, Result};
use crate::studio::Changed;
use crate::why::Why;

/// How often a log is looked at.
const TICK: Duration = Duration::from_millis(300);
/// How often silence is broken, so that both ends notice that the other one is gone.
const PING: Duration = Duration::from_secs(15);

fn room(studio: &Shared) -> Result<OwnedSemaphorePermit> {
    let room = Arc::clone(&studio.streams).try_acquire_owned();
    room.map_err(|_| Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too-many", Why::TooManyStreams))
}

fn answer(events: impl stream::Stream<Item = std::result::Result<Event, Infallible>> + Send + 'static) -> Response {
    Sse::new(events).keep_alive(KeepAlive::new().interval(PING)).into_response()
}

pub(super) async fn events(State(studio): State<Shared>) -> Result<Response> {
    let room = room(&studio)?;
    let changes = studio.changes();
    let events = stream::unfold((changes, room), |(mut changes, room)| async move {
        let what = match changes.recv().await {
            Ok(what) => vec![what],
            // It missed some, so everything may have changed.
            Err(RecvError::Lagged(_)) => vec![Changed::Jobs, Changed::Datasets, Changed::Projects, Changed::Results],
            Err(RecvError::Closed) => return None,
        };
        let events: Vec<_> = what.into_iter().map(|what| Ok(event("changed", &json!({ "what": what })))).collect();
        Some((stream::iter(events), (changes, room)))
    });
    Ok(answer(futures_util::StreamExt::flatten(events)))
}

fn event(name: &str, data: &impl serde::Serialize) -> Event {
    // Texts without line breaks, which JSON has none of.
    Event::default().event(name).data(serde_json::to_string(data).unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct From {
    #[serde(default, deserialize_with = "number")]
    after: u64,
}

/// Where a page is that follows a job.
struct Follower {
    studio: Shared,
    id: Id,
    offset: u64,
    last: Option<View>,
    is_over: bool,
    _room: OwnedSemaphorePermit,
}

pub(super) async fn of_job(
    State(studio): State<Shared>,
    Part(id): Part<Id>,
    Query(From { after }): Query<From>,
    headers: HeaderMap,
) -> Result<Response> {
    check_after(after)?;
    let room = room(&studio)?;
    // Unknown jobs are refused before a stream begins.
    let (looked, asked) = (Arc::clone(&studio), id.clone());
    aside(move || known(&looked, &asked).map(drop)).await?;
    let last_seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let follower = Follower { studio, id, offset: last_seen.unwrap_or(after), last: None, is_over: false, _room: room };
    let events = stream::unfold(follower, |mut follower| async move {
        if follower.is_over {
            return None;
        }
        let events = follower.next().await;
        Some((stream::iter(events.into_iter().map(Ok)), follower))
    });
    Ok(answer(futures_util::StreamExt::flatten(events)))
}

impl Follower {
    /// What is new; waits until there is something.
    async fn next(&mut self) -> Vec<Event> {
        loop {
            let (studio, id, offset) = (Arc::clone(&self.studio), self.id.clone(), self.offset);
            let looked = aside(move || {
                let known = known(&studio, &id)?;
                let mut files = logs(&studio, &known);
                let view = known.view();
                let tail = tail(&mut files, offset, view.state.is_over())?;
                Ok((view, tail))
            });
            let Ok((view, Tail { lines, offset, more })) = looked.await else {
                // It was forgotten.
                self.is_over = true;
                return self.last.take().map(|view| event("end", &view)).into_iter().collect();
            };
            let mut events = Vec::new();
            if self.last.as_ref().is_none_or(|last| differs(last, &view)) {
                events.push(event("job", &view));
            }
            if !lines.is_empty() {
                self.offset = offset;
                events.push(event("log", &json!({ "lines": lines })).id(offset.to_string()));
            }
            if view.state.is_over() && !more {
                self.is_over = true;
                events.push(event("end", &view));
            }
            self.last = Some(view);
            if !events.is_empty() {
                return events;
            }
            tokio::time::sleep(TICK).await;
        }
    }
}

/// Whether a page should know; that the log grew it sees.
fn differs(before: &View, now: &View) -> bool {
    View { log_bytes: now.log_bytes, ..before.clone() } != *now
}
