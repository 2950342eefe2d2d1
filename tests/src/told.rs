//! What the program tells, as a whole: snapshots in files beside the tests, instead of lists of what they contain.

use insta::Settings;

use crate::{Sandbox, plugin_folder, workspace};

/// What differs from run to run, from machine to machine or from version to version, and what stands in its place.
const VARYING: [(&str, &str); 9] = [
    // Of another sandbox than the one that is asked about.
    (r"[\w/.-]*/nnc-test-[A-Za-z0-9]+", "[FOLDER]"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}", "[TIME]"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "[TIME]"),
    (r"\b[0-9a-f]{64}\b", "[SHA-256]"),
    (r"\bsha256 [0-9a-f]{12}\b", "sha256 [SHA-256]"),
    // With the blanks behind it, which fill a column.
    (r"\b\d+(\.\d+)? (s|秒)\b *", "[DURATION] "),
    (r"\b\d+(\.\d+)? MB of memory\b", "[MEMORY] of memory"),
    (r"\b(nnc-host |[Pp]robe |v)\d+\.\d+\.\d+\b", "${1}[VERSION]"),
    (r"\bmisdeeds\.rs:\d+", "misdeeds.rs:[LINE]"),
];

/// Settings for a snapshot of what was told in a sandbox: folders and whatever else varies are replaced.
///
/// A snapshot that is missing or differs fails the test. `INSTA_UPDATE=always` writes it; nothing does while `CI` is set.
pub fn settings(sandbox: &Sandbox) -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(true);
    settings.set_omit_expression(true);
    for (folder, name) in [(sandbox.path(""), "[FOLDER]/"), (plugin_folder(), "[PLUGINS]"), (workspace(), "[TREE]")] {
        settings.add_filter(&literal(folder.to_str().unwrap()), name);
    }
    for (pattern, name) in VARYING {
        settings.add_filter(pattern, name);
    }
    settings
}

/// A pattern that means this text and nothing else.
fn literal(text: &str) -> String {
    text.chars().flat_map(|c| (!c.is_alphanumeric() && c.is_ascii()).then_some('\\').into_iter().chain([c])).collect()
}

/// A table whose columns do not depend on the width of the times in it.
pub fn squeezed(table: &str) -> String {
    let lines = table.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect());
    lines.map(|cells: Vec<&str>| cells.join(" | ") + "\n").collect()
}

/// Compares what was told (an [`Outcome`](crate::Outcome), or a text) in a [`Sandbox`] with the snapshot of this name.
#[macro_export]
macro_rules! assert_told {
    ($sandbox:expr, $name:expr, $told:expr) => {
        $crate::settings(&$sandbox).bind(|| $crate::insta::assert_snapshot!($name, $told.to_string()))
    };
}
