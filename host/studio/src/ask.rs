//! Questions that a command of this program answers as JSON: what plugins there are, what a result holds, how two differ. The
//! command reads what other people made, confined as on the command line; the server reads its answer.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use nnc_messages::Language;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::options::TOKEN_VARIABLE;
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Questions that are asked at once.
const AT_ONCE: usize = 2;
/// Far more than any answer has.
const LONGEST: u64 = 16 << 20;
/// The part of a complaint that is kept.
const COMPLAINT: u64 = 16 << 10;

/// Asks this program itself.
pub(crate) struct Asker {
    program: PathBuf,
    folder: PathBuf,
    turns: Semaphore,
    /// Answers that stay the same for a while.
    kept: Mutex<HashMap<String, (Instant, Value)>>,
}

impl Asker {
    pub(crate) fn new(program: PathBuf, folder: PathBuf) -> Self {
        Self { program, folder, turns: Semaphore::new(AT_ONCE), kept: Mutex::default() }
    }

    pub(crate) fn program(&self) -> &std::path::Path {
        &self.program
    }

    /// A command of this program in the studio's folder, which others cannot feed.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A], language: Language) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--lang").arg(language.tag()).current_dir(&self.folder).stdin(Stdio::null());
        // What opens plugins is not told what lets in here.
        command.env_remove(TOKEN_VARIABLE);
        command
    }

    /// What a command prints as JSON.
    pub(crate) async fn ask(&self, arguments: &[OsString], language: Language) -> Result<Value> {
        let _turn = self.turns.acquire().await;
        let mut command = self.command(arguments, language);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(no_answer());
        };
        let answer = async {
            let (mut answer, mut complaint) = (Vec::new(), Vec::new());
            let (mut stdout, mut stderr) = (stdout.take(LONGEST), stderr.take(COMPLAINT));
            tokio::try_join!(stdout.read_to_end(&mut answer), stderr.read_to_end(&mut complaint))?;
            drop((stdout, stderr));
            let ended = child.wait().await?;
            std::io::Result::Ok((answer, complaint, ended))
        };
        let (answer, complaint, ended) = tokio::time::timeout(PATIENCE, answer).await.map_err(|_| no_answer())??;
        match serde_json::from_slice(&answer) {
            Ok(value) if ended.success() => Ok(value),
            _ => {
                let complaint = String::from_utf8_lossy(&complaint);
                let last = last_words(&complaint);
                Err(Refusal::new(StatusCode::CONFLICT, "refused", Why::Asked { reason: last }))
            }
        }
    }

    /// As [`Asker::ask`], from memory if that was asked less than `age` ago.
    pub(crate) async fn ask_now_and_then(
        &self,
        arguments: &[OsString],
        language: Language,
        age: Duration,
    ) -> Result<Value> {
        let key = format!("{arguments:?} {}", language.tag());
        {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, value)) = kept.get(&key).filter(|(when, _)| when.elapsed() < age) {
                return Ok(value.clone());
            }
        }
        let value = self.ask(arguments, language).await?;
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (Instant::now(), value.clone()));
        Ok(value)
    }

    /// What was kept is no longer true.
    pub(crate) fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn no_answer() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "no-answer", Why::NoAnswer)
}

/// The error that a command ended with, without its mark: the last line that is not the rest of one before.
pub(crate) fn last_words(complaint: &str) -> String {
    let lines: Vec<&str> = complaint.lines().collect();
    let marks = ["error: ", "エラー: "];
    let begins = lines.iter().rposition(|line| marks.iter().any(|mark| line.starts_with(mark)));
    // A job tells its error as a line of its log, and only there.
    let of_job = lines.iter().rev().find_map(|line| line.split_once("[worker]: [ERROR]: "));
    if let (None, Some((_, error))) = (begins, of_job) {
        return error.to_owned();
    }
    let error = begins.map_or_else(
        || lines.last().copied().unwrap_or_default().to_owned(),
        |first| lines.iter().skip(first).map(|line| line.trim()).collect::<Vec<_>>().join(" "),
    );
    marks.iter().find_map(|mark| error.strip_prefix(mark)).unwrap_or(&error).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_without_its_mark_and_in_one_line() {
        assert_eq!(last_words("note: x\nerror: a b\n  c d\n"), "a b c d");
        assert_eq!(last_words("エラー: だめ\n"), "だめ");
        assert_eq!(last_words("2026-01-31 10:15:02,118 [worker]: [ERROR]: no\n2026 [worker]: [INFO]: x\n"), "no");
        assert_eq!(last_words("killed"), "killed");
        assert_eq!(last_words(""), "");
    }
}
