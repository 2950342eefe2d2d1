//! What follows the end of a job: an upload that was used is removed, a sample gets its project.

use std::sync::Arc;

use super::{Record, State, Work};
use crate::projects;
use crate::studio::{Changed, Studio};

/// Does it.
pub(super) fn follow(studio: &Arc<Studio>, record: &Record) {
    let finished = record.state == State::Finished;
    match &record.work {
        Work::Create(creation) if finished => {
            if !creation.options.keep_upload {
                let _ = studio.uploads.remove(&creation.upload);
                studio.changed(Changed::Uploads);
            }
            studio.changed(Changed::Datasets);
        }
        Work::Sample { name, plugin } if finished => {
            projects::write_sample(&studio.workspace, name, plugin);
            studio.changed(Changed::Datasets);
            studio.changed(Changed::Projects);
        }
        Work::Fetch { .. } => studio.asker.forget(),
        work if work.makes_results() => studio.changed(Changed::Results),
        _ => {}
    }
}
