//! Draws the sample dataset: photographs of flanges with and without defects, and masks. A command of its own, so that the studio
//! starts it as any other job.

use std::path::Path;

use nnc_console::print_line;
use nnc_files::temporary_folder;
use nnc_messages::{At, Doing, Exit, Failure, Result, messages};
use serde_json::json;

messages! {
    /// Why there is no sample.
    enum SampleMessage {
        Exists { path: std::path::PathBuf } => "{path} is there already", "{path} はすでにあります";
        NotDrawn { reason: String } => "the sample cannot be drawn: {reason}", "サンプルを作成できません: {reason}";
    }
}

/// Draws the sample into the new folder `path`, whole or not at all.
///
/// # Errors
/// A folder that is there already, or cannot be made.
pub fn main(path: &Path) -> Result<()> {
    let path = std::path::absolute(path)?;
    if path.symlink_metadata().is_ok() {
        return Err(Failure::new(Exit::Usage, SampleMessage::Exists { path }));
    }
    let parent = path.parent().unwrap_or(Path::new("/"));
    let folder = temporary_folder(parent).at(Doing::Make, parent)?;
    let images = nnc_sample_dataset::write(folder.path())
        .map_err(|error| Failure::new(Exit::Failed, SampleMessage::NotDrawn { reason: format!("{error:#}") }))?;
    folder.persist(&path).at(Doing::Make, &path)?;
    print_line(json!({ "images": images }).to_string());
    Ok(())
}
