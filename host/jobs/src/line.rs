//! A line of a job's log as NNC writes it (NNC contract 9.1).

use nnc_console::{Level, log_stamp};
use nnc_messages::plain_line;

use crate::event::Origin;

/// The line with its time, and whatever `text` holds in one line.
pub(crate) fn line(origin: Origin, level: Level, text: &str) -> String {
    // A message is one line, whatever a plugin puts into it.
    let text = plain_line(&text.trim_end().replace(['\n', '\r'], " "));
    let tag = match (origin, level) {
        (Origin::Worker, level) => format!("[worker]: [{}]", level.name()),
        (Origin::Nnabla, Level::Info) => "[nnabla]".to_owned(),
        (Origin::Nnabla, level) => format!("[nnabla]: [{}]", level.name()),
    };
    format!("{} {tag}: {text}", log_stamp())
}
