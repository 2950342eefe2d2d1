//! What the log of a training should say about a project.

use nnc_project_types::PluginReference;

/// What the log of a training should say about its project.
#[derive(Debug, Clone, PartialEq)]
pub enum ProjectNote {
    /// Images are to come as they are, which the model decides here.
    NormalizationIgnored {
        /// NNC's name of the dataset.
        dataset: String,
    },
    /// Training images are to be shuffled, which no detector does.
    ShuffleIgnored,
    /// Evaluated images are to be shuffled, which NNC does not do either.
    EvaluationShuffleIgnored,
    /// The project names no plugin, and this one trains.
    DefaultPlugin {
        /// The plugin.
        plugin: PluginReference,
    },
    /// The network of the project is not used, because the plugin has its own.
    NetworkIgnored {
        /// The plugin.
        plugin: PluginReference,
    },
}
