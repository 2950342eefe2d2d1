//! Arguments of the `dataset` commands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::SandboxArgs;

#[derive(Subcommand, Debug)]
pub(crate) enum DatasetCommand {
    /// Create a dataset from an archive or a folder of images, as NNC's "Create Dataset" dialog does
    Create(Box<CreateArgs>),
    /// Show the content of a dataset
    Show(ShowArgs),
    /// Read every file of a dataset and list every problem
    Check(DatasetCheckArgs),
}

/// Arguments of `dataset create`. Names and meanings are those of the dialog and of
/// `nnabla_cli create_image_classification_dataset`.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// Archive (.zip, .tar, .tar.gz, .tgz, .gz) or folder with the class folders
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,
    /// New folder for the images and the tables
    #[arg(short = 'o', long = "outdir", value_name = "OUTDIR")]
    pub(crate) outdir: PathBuf,
    /// Width of the images
    #[arg(short = 'w', long, default_value_t = 224, value_name = "PIXELS")]
    pub(crate) width: usize,
    /// Height of the images
    #[arg(short = 'g', long, default_value_t = 224, value_name = "PIXELS")]
    pub(crate) height: usize,
    /// Colour: 1 for grey, 3 for RGB
    #[arg(short = 'c', long, visible_alias = "channel", default_value_t = 3, value_name = "1|3")]
    pub(crate) channels: usize,
    /// Shaping mode: crop, pad with black, or stretch
    #[arg(short = 'm', long, value_enum, default_value_t = ShapingMode::Resize)]
    pub(crate) mode: ShapingMode,
    /// Shuffle the rows
    #[arg(short = 's', long, num_args = 0..=1, require_equals = true, default_value_t = false,
          default_missing_value = "true", action = clap::ArgAction::Set, hide_default_value = true,
          hide_possible_values = true, value_name = "true|false")]
    pub(crate) shuffle: bool,
    /// Seed of the shuffled order; the same seed gives the same order for the same images
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
    /// First table [default: the source's name with .csv]
    #[arg(long, visible_alias = "name1", value_name = "CSV")]
    pub(crate) file1: Option<String>,
    /// Percentage of the rows for the first table [default: the rest of the second one]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) ratio1: Option<u8>,
    /// Second table
    #[arg(long, visible_alias = "name2", default_value = "test.csv", value_name = "CSV")]
    pub(crate) file2: String,
    /// Percentage of the rows for the second table [default: the rest of the first one]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) ratio2: Option<u8>,
    /// Keep images that belong together in the same table: folder (the folders below the class folders), pattern EXPRESSION
    /// (the part of the path in the table, such as ./0/part12_1.png, that it matches), or likeness (images that seem to show
    /// the same part, also under another light; this can miss some and join others)
    #[arg(long, value_name = "RULE", group = "grouping")]
    pub(crate) group: Option<String>,
    /// Add the group of each image to the tables as this column, a comment for NNC, for [dataset] group = "column NAME"
    #[arg(long, value_name = "NAME", requires = "grouping")]
    pub(crate) group_column: Option<String>,
    /// Keep images in the same table if this regular expression matches the same part of their file names (without
    /// extension), for example '^(part\d+)_'
    #[arg(long, value_name = "REGEX", group = "grouping")]
    pub(crate) group_by: Option<String>,
    /// Images with transparency: skip them as NNC does, drop the alpha channel, or blend them with white or black
    #[arg(long, value_enum, default_value_t = Alpha::Refuse)]
    pub(crate) alpha: Alpha,
    /// Convert 16-bit images to 8 bits instead of skipping them
    #[arg(long)]
    pub(crate) scale_16bit: bool,
    /// Warn about images that are also in this dataset
    #[arg(long, value_name = "CSV")]
    pub(crate) against: Option<PathBuf>,
    /// Replace a folder that this command created before
    #[arg(long)]
    pub(crate) force: bool,
    /// Largest number of files in an archive
    #[arg(long, value_name = "N")]
    pub(crate) max_files: Option<u64>,
    /// Largest total size of the unpacked files
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_total: Option<u64>,
    /// Largest size of one unpacked file
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_file_size: Option<u64>,
    /// Largest ratio of unpacked to packed size of an archive
    #[arg(long, value_name = "N")]
    pub(crate) max_ratio: Option<u64>,
    /// Largest number of pixels in an image
    #[arg(long, value_name = "N")]
    pub(crate) max_pixels: Option<u64>,
    /// Threads [default: one per processor]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) threads: usize,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print the summary as JSON; the log goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only errors and the summary
    #[arg(short = 'q', long)]
    pub(crate) quiet: bool,
}

/// NNC's shaping modes.
#[derive(ValueEnum, Debug, Clone, Copy)]
pub(crate) enum ShapingMode {
    /// Crop to the middle
    Trimming,
    /// Pad with black
    Padding,
    /// Stretch
    Resize,
}

/// What to do with transparency.
#[derive(ValueEnum, Debug, Clone, Copy)]
pub(crate) enum Alpha {
    /// Skip the image
    Refuse,
    /// Drop the alpha channel
    Drop,
    /// Blend with white
    White,
    /// Blend with black
    Black,
}

/// Arguments of `dataset show`.
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// Dataset: a CSV or a .cache folder of NNC
    #[arg(value_name = "DATASET")]
    pub(crate) csv: PathBuf,
    /// Rows to show, from 1: 20 for the first twenty, 21-40 for the next, or all [default: 10; all with --html]
    #[arg(long, value_name = "N|FROM-TO|all")]
    pub(crate) rows: Option<String>,
    /// Write a page with thumbnails as a single self-contained file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Draw the images in the terminal
    #[arg(long)]
    pub(crate) images: bool,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print JSON
    #[arg(long, conflicts_with = "images")]
    pub(crate) json: bool,
}

/// Arguments of `dataset check`.
#[derive(Args, Debug)]
pub(crate) struct DatasetCheckArgs {
    /// Dataset: a CSV or a .cache folder of NNC
    #[arg(value_name = "DATASET")]
    pub(crate) csv: PathBuf,
    /// Required size of the images, WIDTHxHEIGHT
    #[arg(long, value_name = "WxH", requires = "channels")]
    pub(crate) size: Option<String>,
    /// Required channels of the images, 1 for grey or 3 for RGB
    #[arg(long, value_name = "N", requires = "size", value_parser = clap::value_parser!(u16).range(1..=4))]
    pub(crate) channels: Option<u16>,
    /// Variable with the images [default: x, or the first variable of a dataset without x]
    #[arg(long)]
    pub(crate) variable: Option<String>,
    /// Another dataset, for example the training set, that must not share an image with this one; images of the same part
    /// are counted too
    #[arg(long, value_name = "CSV")]
    pub(crate) against: Option<PathBuf>,
    /// Which images belong together, as in a project: column NAME, pattern EXPRESSION or folder [default: likeness, a guess
    /// that can miss some and take others for the same part]
    #[arg(long, value_name = "RULE", requires = "against")]
    pub(crate) group: Option<String>,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
