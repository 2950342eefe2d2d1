//! Names of the files and folders that jobs leave. What others read has NNC's names (NNC contract 8 and 9).

/// The trained model.
pub const MODEL: &str = "results.nnp";
/// The network of the trained model as text.
pub const NETWORK: &str = "results.nntxt";
/// The best model of a training; the one that is evaluated.
pub const BEST_MODEL: &str = "result_train_best.nnp";
/// The model of a training's last step.
pub const LAST_MODEL: &str = "result_train_last.nnp";

/// The model that was made of a text and its parameters, to be evaluated.
pub const JOINED_MODEL: &str = "joined.nnp";

/// The table of an evaluation.
pub const TABLE: &str = "output_result.csv";
/// The folder with the files of the table's cells.
pub const OUTPUTS: &str = "outputs";
/// The table packed with them.
pub const PACKED_TABLE: &str = "output_result.zip";
/// The folder with the inputs of results that NNC has computed.
pub const INPUTS: &str = "inputs";
/// The folder with the error maps of a reconstruction.
pub const ERROR_MAPS: &str = "errors";
/// The folder with the class maps of a segmentation.
pub const CLASS_MAPS: &str = "classes";
/// How often each class was taken for which.
pub const CONFUSION_MATRIX: &str = "confusion_matrix.json";
/// The classes that each class was taken for most often.
pub const CLASSIFICATION_MATRIX: &str = "classification_matrix.json";
/// The evaluated model with the packed table.
pub const EVALUATED_MODEL: &str = "result_evaluate.nnp";
/// All of an evaluation for programs.
pub const EVALUATION: &str = "evaluation.json";
/// Scores and verdicts for spreadsheets.
pub const SCORES: &str = "scores.csv";
/// The defects that were found, for spreadsheets.
pub const DEFECTS: &str = "defects.csv";
/// The folder with a picture of every image.
pub const HEAT_MAPS: &str = "heatmaps";
/// The page for people.
pub const REPORT: &str = "report.html";

/// Which outputs of a network `nnp run` has written into a folder, and their shapes.
pub const ARRAYS: &str = "nnp_run.json";

/// The log of a training.
pub const TRAIN_LOG: &str = "train_log.txt";
/// The state of a training.
pub const TRAIN_STATUS: &str = "train_status.json";
/// The log of an evaluation.
pub const EVALUATE_LOG: &str = "evaluate_log.txt";
/// The state of an evaluation.
pub const EVALUATE_STATUS: &str = "evaluate_status.json";

/// What an interrupted evaluation evaluates, in its staging folder.
pub const CHECKPOINT: &str = "checkpoint.json";
/// The batches that it has finished.
pub const CHECKPOINT_ROWS: &str = "checkpoint.rows";

/// What a training leaves.
pub(crate) const OF_TRAINING: &[&str] = &[MODEL, NETWORK, BEST_MODEL, LAST_MODEL];
/// What an evaluation leaves.
pub(crate) const OF_EVALUATION: &[&str] = &[
    TABLE,
    OUTPUTS,
    INPUTS,
    ERROR_MAPS,
    CLASS_MAPS,
    PACKED_TABLE,
    CONFUSION_MATRIX,
    CLASSIFICATION_MATRIX,
    EVALUATED_MODEL,
    EVALUATION,
    SCORES,
    DEFECTS,
    HEAT_MAPS,
    REPORT,
];
/// What a report that is rebuilt replaces.
pub(crate) const OF_REPORT: &[&str] = &[EVALUATION, SCORES, DEFECTS, HEAT_MAPS, REPORT];

/// Where a rebuilt report is staged.
pub(crate) const REPORT_STAGING: &str = ".report.partial";

/// Whether a job leaves a file or folder of this name.
pub(crate) fn is_result(name: &str) -> bool {
    let logs: &[&str] = &[TRAIN_LOG, TRAIN_STATUS, EVALUATE_LOG, EVALUATE_STATUS];
    [OF_TRAINING, OF_EVALUATION, logs].iter().any(|names| names.contains(&name))
}
