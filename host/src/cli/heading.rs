//! Groups of options that stand below a heading of their own.

use nnc_language::Language;

/// A group of options.
#[derive(Clone, Copy)]
pub(super) enum Heading {
    /// How an evaluation scores and judges its images.
    Scoring,
    /// What an archive may unpack to.
    Limits,
}

impl Heading {
    /// What stands above the group.
    pub(super) fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Scoring, Language::English) => "Scores and verdicts",
            (Self::Scoring, Language::Japanese) => "スコアと判定",
            (Self::Limits, Language::English) => "Limits",
            (Self::Limits, Language::Japanese) => "上限",
        }
    }
}

/// The group of an argument.
pub(super) fn heading(command: &str, argument: &str) -> Option<Heading> {
    match (command, argument) {
        (
            "run" | "evaluate",
            "score" | "task" | "threshold" | "false_alarm_rate" | "confidence" | "normals" | "mask_column" | "masks"
            | "heatmaps" | "excel",
        ) => Some(Heading::Scoring),
        ("dataset create", "max_files" | "max_total" | "max_file_size" | "max_ratio" | "max_pixels") => {
            Some(Heading::Limits)
        }
        _ => None,
    }
}
