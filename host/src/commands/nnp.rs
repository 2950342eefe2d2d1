//! `nnp` commands.

mod convert;
mod kind;
mod messages;
mod run;
mod show;
mod unpack;

use std::path::{Path, PathBuf};

use nnc_files::TemporaryFolder;
use nnc_sandbox::Outputs;

use super::confined;
use super::pair::Pair;
use crate::cli::NnpCommand;
use messages::NnpFailure;
use nnc_messages::{Exit, Failure, Result};

/// Runs an NNP command.
pub(crate) fn run(command: NnpCommand) -> Result<()> {
    match command {
        NnpCommand::Run(args) => {
            let model = Model::named(&args.file)?;
            run::run(&args, &model.open()?)
        }
        NnpCommand::Convert { file, output, executor, batch_size, json, .. } => {
            let wanted = convert::Wanted { executor: executor.as_deref(), batch_size: batch_size.map(usize::from) };
            let conversion = convert::Conversion::of(&file, &output, &wanted)?;
            let model = Model::named(&file)?;
            model.confine(confined::file_outputs(&output)?)?;
            match conversion {
                convert::Conversion::ToOnnx => convert::to_onnx(&model.open()?, &output, &wanted, json),
                convert::Conversion::FromOnnx => convert::from_onnx(&file, &output, &wanted, json),
            }
        }
        NnpCommand::Show { file, json, .. } => {
            let model = Model::named(&file)?;
            model.confine(Outputs::default())?;
            show::run(&model.open()?, &file, json)
        }
        NnpCommand::Unpack { file, dir, npy, json, .. } => unpack::run(&Model::named(&file)?, &dir, npy, json),
    }
}

/// A model that the user has named: an NNP, or a text and its parameters.
struct Model {
    file: PathBuf,
    /// The two files, and the folder in which they are joined.
    pair: Option<(Pair, TemporaryFolder)>,
}

impl Model {
    /// The model, if it is there. It is not read yet.
    fn named(file: &Path) -> Result<Self> {
        if !file.is_file() {
            return Err(Failure::new(Exit::Usage, NnpFailure::NoModel { path: file.to_owned() }));
        }
        let pair = Pair::of(file).map(|pair| Ok::<_, Failure>((pair, Pair::folder()?))).transpose()?;
        Ok(Self { file: file.to_owned(), pair })
    }

    /// Confines this process to `outputs`, and to what opening the model takes.
    fn confine(&self, outputs: Outputs) -> Result<()> {
        let outputs = match &self.pair {
            Some((_, folder)) => outputs.writing(folder.path()).naming(folder.path().parent().unwrap_or(folder.path())),
            None => outputs,
        };
        Ok(outputs.confine()?)
    }

    /// The NNP, if the file can be one; a pair is joined.
    fn open(&self) -> Result<PathBuf> {
        match &self.pair {
            Some((pair, folder)) => pair.join_in(folder.path()),
            None => kind::check(&self.file).map(|()| self.file.clone()),
        }
    }
}
