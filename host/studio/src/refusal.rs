//! A request that is not done: its status, a name for programs, and a sentence, which is put into the language of whoever asked
//! when the answer leaves (`door/answers.rs`).

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use nnc_messages::{Language, Said, Say};
use serde_json::{Map, Value, json};

use crate::why::Why;

/// Why a request is not done.
#[derive(Clone)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    code: &'static str,
    message: Arc<dyn Say + Send + Sync>,
    /// `field`, `line` and the like.
    more: Map<String, Value>,
}

pub(crate) type Result<T, E = Refusal> = std::result::Result<T, E>;

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Say + Send + Sync + 'static) -> Self {
        Self { status, code, message: Arc::new(message), more: Map::new() }
    }

    /// With something else that programs may want to know.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.more.insert(key.to_owned(), value.into());
        self
    }

    pub(crate) fn bad_name(why: Why) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-name", why)
    }

    pub(crate) fn missing(why: Why) -> Self {
        Self::new(StatusCode::NOT_FOUND, "missing", why)
    }

    pub(crate) fn exists(name: impl fmt::Display) -> Self {
        Self::new(StatusCode::CONFLICT, "exists", Why::Exists { name: name.to_string() })
    }

    pub(crate) fn conflict(code: &'static str, why: Why) -> Self {
        Self::new(StatusCode::CONFLICT, code, why)
    }

    /// A value that makes no sense.
    pub(crate) fn invalid(why: impl Say + Send + Sync + 'static) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", why)
    }

    /// What the system did not do, unless `missing` says what it means that there is no such file.
    pub(crate) fn of_system(error: io::Error, missing: impl FnOnce() -> Why) -> Self {
        // A link in the place of a file is nothing that is served.
        let is_link = rustix::io::Errno::from_io_error(&error) == Some(rustix::io::Errno::LOOP);
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput => Self::missing(missing()),
            _ if is_link => Self::missing(missing()),
            _ if nnc_files::refusal(&error).is_some() => Self::missing(missing()),
            _ => error.into(),
        }
    }

    /// The body of the answer.
    pub(crate) fn to_json(&self, language: Language) -> Value {
        let mut error = Map::from_iter([
            ("code".to_owned(), json!(self.code)),
            ("message".to_owned(), json!(Said(&*self.message, language).to_string())),
        ]);
        error.extend(self.more.clone());
        json!({ "error": error })
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "no-space", Why::DiskFull)
            }
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "system", Why::System { error }),
        }
    }
}

impl Say for Refusal {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.say(language, f)
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, Said(&*self.message, Language::English))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
