//! How datasets were made: the summary that `dataset create` leaves in their folders. Those files name every picture, and come with the
//! folders of others, so the reader reads them, once, and what it says is kept.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nnc_messages::Language;
use nnc_studio_reader::Question;
use serde_json::Value;

use crate::studio::Studio;

/// What `dataset create` leaves in its folder.
const MARK: &str = ".dataset-create.json";

/// Summaries, with size and time of the files that they were read from.
#[derive(Default)]
pub(crate) struct Creations(Mutex<Summaries>);

type Summaries = HashMap<PathBuf, ((u64, u64), Arc<Value>)>;

/// The summary of the dataset in `folder`; null for one that was not made by the command.
pub(crate) async fn creation(studio: &Studio, folder: &Path) -> Arc<Value> {
    let mark = folder.join(MARK);
    let Ok((bytes, modified)) = studio.workspace.facts(&mark) else { return Arc::default() };
    let state = (bytes, modified.to_bits());
    if let Some((_, summary)) = studio.creations.lock().get(folder).filter(|(known, _)| *known == state) {
        return Arc::clone(summary);
    }
    let question = Question::Creation { file: studio.workspace.at(&mark), beneath: studio.workspace.path().to_owned() };
    let summary = match studio.readers.json(question, Language::English).await {
        Ok(summary) => Arc::new(summary),
        // One that cannot be read stays so. No answer at all is asked for again.
        Err(refusal) if refusal.status.is_server_error() => return Arc::default(),
        Err(_) => Arc::default(),
    };
    studio.creations.lock().insert(folder.to_owned(), (state, Arc::clone(&summary)));
    summary
}

impl Creations {
    fn lock(&self) -> std::sync::MutexGuard<'_, Summaries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
