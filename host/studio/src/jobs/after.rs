//! What follows the end of a job before anybody is told of it: an upload that was used is removed, a sample gets its project.

use std::sync::Arc;

use super::{State, Work};
use crate::projects;
use crate::studio::{Changed, Studio};

/// Does it; gives what pages have to fetch again once the job is known to have ended.
pub(super) fn follow(studio: &Arc<Studio>, work: &Work, state: State) -> Vec<Changed> {
    let finished = state == State::Finished;
    match work {
        Work::Create(creation) if finished => {
            if !creation.options.keep_upload {
                let _ = studio.uploads.remove(&creation.upload);
            }
            vec![Changed::Uploads, Changed::Datasets]
        }
        Work::Sample { name, plugin } if finished => {
            projects::write_sample(&studio.workspace, name, plugin);
            vec![Changed::Datasets, Changed::Projects]
        }
        Work::Fetch { .. } => {
            studio.asker.forget();
            Vec::new()
        }
        work if work.makes_results() => vec![Changed::Results],
        _ => Vec::new(),
    }
}
