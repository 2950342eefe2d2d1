//! What a caller is told while a dataset is created, and what it is asked.

use crate::summary::Summary;

/// The steps that NNC logs, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking for images.
    Files,
    /// Converting them.
    Images,
    /// Writing the tables.
    Csvs,
    /// All is done.
    Done,
}

impl Stage {
    /// The line that NNC logs for it, the same in every language.
    pub fn nnc_log(self) -> &'static str {
        match self {
            Stage::Files => "Creating file list...",
            Stage::Images => "Creating output images...",
            Stage::Csvs => "Creating CSV files...",
            Stage::Done => "Dataset was successfully created.",
        }
    }
}

/// The functions of a caller.
pub struct Watch<'a> {
    /// Is told every step as it begins.
    pub stage: &'a (dyn Fn(Stage) + Sync),
    /// Is told how many of how many images are done, from any thread.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
    /// Is asked before every image whether to stop.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Gives the summary as JSON, which is stored in the folder beside the images.
    pub describe: &'a (dyn Fn(&Summary) -> serde_json::Value + Sync),
}
