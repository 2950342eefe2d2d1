//! Arguments of `inspect`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use nnc_messages::messages;
use nnc_report::ScoreRule;

use super::limits::{duration, size};
use super::refused::{Refused, parsed};
use super::{Alpha, PluginDirs, SandboxArgs, ShapingMode, WeightsDirs};

#[derive(Args, Debug)]
pub(crate) struct InspectArgs {
    /// Trained model: the folder of a job, or a file
    pub(crate) model: PathBuf,
    /// Folder that is watched for images
    #[arg(short, long, value_name = "DIR", required_unless_present = "stdin")]
    pub(crate) watch: Option<PathBuf>,
    /// Read paths of images from standard input instead, one on each line, and end with it
    #[arg(long, conflicts_with_all = ["watch", "once", "poll", "settle", "link"])]
    pub(crate) stdin: bool,
    /// Folder for the answers, the journal, and the images that are kept
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Images with at least this anomaly score are NG [default: the threshold of the job's evaluation]
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    pub(crate) threshold: Option<f32>,
    /// Rule for the anomaly score of an image [default: that of the job's evaluation, or max]
    #[arg(long, value_name = "RULE", value_parser = parsed::<ScoreRule>)]
    pub(crate) score: Option<ScoreRule>,
    /// How images are brought to the model's size [default: as those of the training set]
    #[arg(long, value_name = "MODE", value_enum)]
    pub(crate) shape: Option<ShapingMode>,
    /// Images with transparency: refuse them, drop the alpha channel, or blend them with white or black
    #[arg(long, value_enum, default_value_t = Alpha::Refuse, requires = "shape")]
    pub(crate) alpha: Alpha,
    /// Convert 16-bit images to 8 bits instead of refusing them
    #[arg(long, requires = "shape")]
    pub(crate) scale_16bit: bool,
    /// Which images to keep in the output folder, with their heat maps: none, ng (and those without a verdict) or all
    #[arg(long, value_enum, default_value_t = KeptImages::Ng)]
    pub(crate) keep: KeptImages,
    /// Give kept images a second name instead of copying them, where the file system can
    #[arg(long)]
    pub(crate) link: bool,
    /// How often the folder is looked at, besides what the system reports
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "1s")]
    pub(crate) poll: Duration,
    /// A file is complete when its size and time stay as they are for this long
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "1s")]
    pub(crate) settle: Duration,
    /// Which image is taken first when several wait
    #[arg(long, value_enum, default_value_t = First::Oldest)]
    pub(crate) when_behind: First,
    /// Images that wait in memory at most; more stay in the folder until it is their turn
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) backlog: u32,
    /// Send each answer to this address as well, with a POST; NNC_HOST_INSPECT_TOKEN may hold a token for it
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// OK images that are compared at once with the normal images of the evaluation, for the alarm when their scores drift; 0 for none
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub(crate) drift_window: u32,
    /// Share of such comparisons that may give a false alarm
    #[arg(long, value_name = "RATE", default_value = "0.00001", value_parser = share)]
    pub(crate) drift_rate: f64,
    /// End when all images in the folder were answered
    #[arg(long)]
    pub(crate) once: bool,
    /// Plugin to use, its id or the path of its file [default: the one that trained the model]
    #[arg(long, value_name = "NAME")]
    pub(crate) plugin: Option<String>,
    /// Compute device: auto, cpu, cuda or cuda:N
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// What runs networks: auto, libtorch or onnxruntime
    #[arg(long, default_value = "auto", value_name = "ENGINE")]
    pub(crate) engine: String,
    /// Threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) plugins: PluginDirs,
    #[command(flatten)]
    pub(crate) weights: WeightsDirs,
    /// Memory limit of the plugin's process, for example 800M or 8G [default: nine tenths of the memory]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory_limit: Option<u64>,
    /// Start the plugin's process again when it shows no activity for this long, or computes four times as long over one image
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "60s")]
    pub(crate) stall_limit: Duration,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print no answers on standard output
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

messages! {
    /// What a value has to look like.
    enum Expected {
        Share => "expected a number between 0 and 1, for example 0.00001", "0 と 1 の間の数値（例: 0.00001）で指定してください";
    }
}

/// Reads a share, 0 to 1.
fn share(text: &str) -> Result<f64, Refused> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| Refused::new(Expected::Share))
}

/// Which images are kept.
#[derive(ValueEnum, Debug, Clone, Copy)]
pub(crate) enum KeptImages {
    /// None
    None,
    /// Those that are NG or have no verdict
    Ng,
    /// All
    All,
}

/// Which image is taken first.
#[derive(ValueEnum, Debug, Clone, Copy)]
pub(crate) enum First {
    /// The oldest
    Oldest,
    /// The newest
    Newest,
}
