//! What an inspection is told.

use std::path::PathBuf;
use std::time::Duration;

use nnc_dataset_create::{AlphaPolicy, Mode, Shaping};
use nnc_jobs::spec::JobSpec;
use nnc_report::ColourScale;

/// An inspection.
#[derive(Debug, Clone)]
pub struct Options {
    /// The worker with the model.
    pub job: JobSpec,
    /// The model as it was named.
    pub model_name: PathBuf,
    /// How images are judged.
    pub judged: Judged,
    /// How images are shaped.
    pub shaped: Shaped,
    /// The drift alarm; `None` without one.
    pub drift: Option<DriftAlarm>,
    /// The folder of the journal, the answers, and the images that are kept.
    pub output: PathBuf,
    /// The folder that is watched; `None` reads paths of images from standard input.
    pub watched: Option<Watched>,
    /// Images that wait at most.
    pub backlog: usize,
    /// Whether the newest image is taken first when several wait.
    pub newest_first: bool,
    /// Which images are kept.
    pub keep: Keep,
    /// Whether they are linked rather than copied, where that is possible.
    pub links: bool,
    /// The server that gets answers, too.
    pub webhook: Option<ToServer>,
    /// Whether answers are printed on standard output, too.
    pub prints: bool,
}

/// How images are shaped.
#[derive(Debug, Clone, Copy)]
pub enum Shaped {
    /// As the training set was, as the model says; one that does not say takes images of its own size alone.
    AsTrained(Option<Shaping>),
    /// In this way, to the size and colour that the model reads.
    AsAsked {
        /// How images get the right proportions.
        mode: Mode,
        /// What to do with transparency.
        alpha: AlphaPolicy,
        /// Whether 16-bit images are scaled to 8 bits.
        scale_sixteen_bit: bool,
    },
}

/// A folder that is watched.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The folder.
    pub folder: PathBuf,
    /// How often it is looked at, whatever the system reports.
    pub poll: Duration,
    /// How long size and time of a file stay as they are until it counts as complete.
    pub settle: Duration,
    /// Whether the inspection ends when all images were answered that are there.
    pub once: bool,
}

/// How scores become verdicts and colours.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    /// Images with at least this score are NG.
    pub threshold: f32,
    /// The colours of heat maps.
    pub scale: ColourScale,
}

/// The alarm when scores of OK parts are no longer those of normal images.
#[derive(Debug, Clone)]
pub struct DriftAlarm {
    /// Scores of normal images that the model was not trained on.
    pub normal: Vec<f32>,
    /// OK images that are compared with them at once.
    pub window: usize,
    /// The share of windows that may give a false alarm.
    pub rate: f64,
}

/// A server that answers are sent to.
#[derive(Clone)]
pub struct ToServer {
    /// Its address.
    pub address: String,
    /// What it knows this inspection by.
    pub token: Option<String>,
}

/// As it may be shown: an address can hold a password.
impl std::fmt::Debug for ToServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToServer")
    }
}

/// Which images are kept, with their heat maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// None.
    Nothing,
    /// Those that are NG or have no verdict.
    Ng,
    /// All.
    All,
}
