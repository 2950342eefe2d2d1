//! What every request works with.

use std::sync::Arc;

use nnc_messages::Language;
use tokio::sync::{Semaphore, broadcast};

use crate::ask::Asker;
use crate::creations::Creations;
use crate::door::Door;
use crate::history::History;
use crate::jobs::Jobs;
use crate::options::Options;
use crate::projects::Bases;
use crate::reader::Readers;
use crate::uploads::Uploads;
use crate::workspace::Workspace;

/// Pages that follow events at once.
const STREAMS: usize = 64;
/// Changes that a slow page may be behind.
const BEHIND: usize = 64;

/// One studio.
pub(crate) struct Studio {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) options: Options,
    pub(crate) door: Door,
    pub(crate) asker: Arc<Asker>,
    pub(crate) readers: Readers,
    pub(crate) jobs: Jobs,
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) history: History,
    pub(crate) creations: Creations,
    /// Texts of projects that pages work on.
    pub(crate) bases: Bases,
    pub(crate) streams: Arc<Semaphore>,
    changes: broadcast::Sender<Changed>,
}

/// What a page has to fetch again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Changed {
    Jobs,
    Datasets,
    Projects,
    Results,
    Uploads,
    Trash,
}

impl Studio {
    pub(crate) fn new(workspace: Arc<Workspace>, options: Options, door: Door, asker: Arc<Asker>) -> Self {
        let readers = Readers::new(asker.program().to_owned(), options.of_jobs.sandbox.clone());
        Self {
            jobs: Jobs::new(Arc::clone(&workspace), options.max_running),
            uploads: Arc::new(Uploads::new(Arc::clone(&workspace), options.max_upload)),
            history: History::default(),
            creations: Creations::default(),
            bases: Bases::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            changes: broadcast::channel(BEHIND).0,
            workspace,
            options,
            door,
            asker,
            readers,
        }
    }

    /// Tells pages that something is no longer as it was.
    pub(crate) fn changed(&self, what: Changed) {
        // Nobody may be listening.
        let _ = self.changes.send(what);
    }

    pub(crate) fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Whether a page listens.
    pub(crate) fn is_watched(&self) -> bool {
        self.changes.receiver_count() > 0
    }

    pub(crate) fn language(&self) -> Language {
        self.options.language
    }
}
