//! Arguments of the `nnp` commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{LimitArgs, PluginDirs, SandboxArgs};

#[derive(Subcommand, Debug)]
pub(crate) enum NnpCommand {
    /// Feed arrays to a network and write each of its outputs as a .npy file
    Run(RunArgs),
    /// Write a model as an ONNX file, for other runtimes, or an ONNX file as a model
    Convert {
        /// Model (NNP), or ONNX file
        file: PathBuf,
        /// File to create: NAME.onnx, or NAME.nnp of an ONNX file
        output: PathBuf,
        /// Executor of the model to convert [default: the first one]
        #[arg(long, value_name = "NAME")]
        executor: Option<String>,
        /// Rows that the NNP is stored for where the ONNX file leaves them open [default: 1]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        batch_size: Option<u16>,
        #[command(flatten)]
        sandbox: SandboxArgs,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show networks, parameters and executors of a model
    Show {
        /// Model (NNP)
        file: PathBuf,
        #[command(flatten)]
        sandbox: SandboxArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Unpack a model into its files
    Unpack {
        /// Model (NNP)
        file: PathBuf,
        /// Folder to create; it must be empty if it exists
        dir: PathBuf,
        /// Write every parameter as parameters/NAME.npy as well
        #[arg(long)]
        npy: bool,
        #[command(flatten)]
        sandbox: SandboxArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Model (NNP)
    pub(crate) file: PathBuf,
    /// Input of the network and the array to feed, with its batch axis; once for each input
    #[arg(short, long, value_name = "NAME=FILE.npy", required = true)]
    pub(crate) input: Vec<String>,
    /// Folder for the outputs, NAME.npy each
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Executor of the model to run [default: the first one]
    #[arg(long, value_name = "NAME")]
    pub(crate) executor: Option<String>,
    /// Compute device: auto, cpu, cuda or cuda:N
    #[arg(long, default_value = "auto")]
    pub(crate) device: String,
    /// What runs the network: auto, libtorch or onnxruntime
    #[arg(long, default_value = "auto")]
    pub(crate) engine: String,
    /// Threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) plugins: PluginDirs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
