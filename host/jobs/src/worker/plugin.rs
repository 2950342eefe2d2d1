//! Opening the plugin of a job, and what its errors mean for the job.

use std::path::Path;

use nnc_console::Level;
use nnc_messages::{Exit, Failure, Result, Words, messages};
use nnc_plugin_api::loader::{LoadError, Plugin};
use nnc_plugin_api::{Error, ErrorKind, Manifest};
use nnc_registry::OpenError;

use crate::worker::parent::Parent;

messages! {
    enum PluginMessage {
        BrokeRules { plugin: String, what: String } => "plugin {plugin} {what}; report this to its author",
            "プラグイン {plugin}: {what}。作者に連絡してください";
    }
}

/// Opens the plugin's file if that is allowed. What exactly is wrong with an incompatible one is for its author, who asks
/// for it with `-vv`.
pub(crate) fn load(path: &Path, verbosity: u8, parent: &Parent) -> Result<Plugin> {
    // Right before the plugin's code runs, whatever the parent has found out earlier.
    nnc_registry::open_if_allowed(path).map_err(|error| {
        if let OpenError::Load(LoadError::Incompatible { report, .. }) = &error
            && verbosity >= 2
        {
            parent.plugin(Level::Debug, report);
        }
        error.into()
    })
}

/// Turns what a plugin says into a failure with the right exit code.
pub(crate) fn failure(manifest: &Manifest, error: &Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::Parameter => Exit::Usage,
        ErrorKind::Data => Exit::Dataset,
        ErrorKind::Cancelled => Exit::Interrupted,
        ErrorKind::Panic | ErrorKind::Contract => Exit::Plugin,
        _ => Exit::Failed,
    };
    let what = error.message().to_owned();
    match error.kind() {
        ErrorKind::Panic | ErrorKind::Contract => {
            Failure::new(exit, PluginMessage::BrokeRules { plugin: manifest.id.clone(), what })
        }
        _ => Failure::new(exit, Words(what)),
    }
}
