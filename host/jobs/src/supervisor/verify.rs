//! What the parent makes sure of itself before it publishes anything. The worker shares its process with a plugin, which
//! may have removed or changed what was staged, so that the worker has ended well does not tell enough.

use std::io::Read;
use std::os::unix::fs::MetadataExt;

use nnc_files::sha256_of_open;
use nnc_messages::{Exit, Failure, Result, Say, messages};
use nnc_result_folder::{Directory, FolderError, Phase, names};
use nnp::archive;
use serde_json::Value;

use crate::provenance;

messages! {
    enum StagedMessage {
        Unusable { name: &'static str, plugin: String, error: String } => "the worker said that it was done, but {name} is not usable ({error}), as if the plugin {plugin} had changed it; nothing was published; report this to its author",
            "ワーカーは完了と報告しましたが、{name} を使用できません（{error}）。プラグイン {plugin} が変更した可能性があります。結果は公開していません。作者に連絡してください";
    }
}

messages! {
    enum Wrong {
        Empty => "it is empty", "空です";
        OtherPlugin { found: String } => "it is a model of {found}", "{found} のモデルです";
        NoProvenance => "it does not say where it comes from", "来歴がありません";
        OtherModel => "it is another model than the trained one", "学習済みモデルと異なります";
        OtherCount { found: usize, expected: u64 } => "it tells of {found} images instead of {expected}", "画像が {expected} 枚ではなく {found} 枚です";
        NotPacked => "the table is not in it", "表が含まれていません";
    }
}

/// Makes sure that all results of a job are staged: regular files, whole, readable, and fit to what the worker says.
pub(super) fn staged(phase: Phase, staging: &Directory, summary: &Value) -> Result<()> {
    let plugin = summary["plugin"].as_str().unwrap_or_default();
    let unusable = |name, error: String| {
        Failure::new(Exit::Plugin, StagedMessage::Unusable { name, plugin: plugin.to_owned(), error })
    };
    // None of them is opened by its path before it is known to be a regular file: a pipe would never end.
    for &name in phase.required() {
        let first = staging.open(name).map(|mut file| file.read(&mut [0]));
        match first {
            Ok(Ok(1..)) => {}
            Ok(Ok(0)) => return Err(unusable(name, Wrong::Empty.said())),
            Ok(Err(error)) => return Err(unusable(name, error.to_string())),
            Err(error) => return Err(unusable(name, error.said())),
        }
    }
    match phase {
        Phase::Train => trained(staging, plugin).map_err(|(name, error)| unusable(name, error)),
        Phase::Evaluate => evaluated(staging, summary).map_err(|(name, error)| unusable(name, error)),
    }
}

/// The name of what is wrong, and why.
type Found<T> = std::result::Result<T, (&'static str, String)>;

fn trained(staging: &Directory, plugin: &str) -> Found<()> {
    let model = names::MODEL;
    let made = provenance::read(&staging.file(model)).map_err(|failure| (model, failure.to_string()))?;
    match made {
        None => return Err((model, Wrong::NoProvenance.said())),
        Some(made) if made.plugin.id != plugin => {
            return Err((model, Wrong::OtherPlugin { found: made.plugin.id }.said()));
        }
        Some(_) => {}
    }
    // NNC's other names for it.
    for name in [names::BEST_MODEL, names::LAST_MODEL] {
        match is_same(staging, model, name) {
            Ok(true) => {}
            Ok(false) => return Err((name, Wrong::OtherModel.said())),
            Err(error) => return Err((name, error.said())),
        }
    }
    Ok(())
}

/// Whether two files are one, or hold the same bytes.
fn is_same(staging: &Directory, one: &str, other: &str) -> std::result::Result<bool, FolderError> {
    let (mut one, mut other) = (staging.open(one)?, staging.open(other)?);
    let number = |file: &std::fs::File| file.metadata().ok().map(|meta| (meta.dev(), meta.ino()));
    if number(&one).is_some() && number(&one) == number(&other) {
        return Ok(true);
    }
    let hashes = [sha256_of_open(&mut one), sha256_of_open(&mut other)];
    Ok(matches!(hashes, [Ok(one), Ok(other)] if one == other))
}

fn evaluated(staging: &Directory, summary: &Value) -> Found<()> {
    let evaluation = nnc_report::read_evaluation(staging.path());
    let found = evaluation.map_err(|error| (names::EVALUATION, error.said()))?.rows.len();
    let expected = summary["images"].as_u64().unwrap_or_default();
    if found as u64 != expected {
        return Err((names::EVALUATION, Wrong::OtherCount { found, expected }.said()));
    }
    let rows = rows(staging, names::TABLE).map_err(|error| (names::TABLE, error))?;
    if rows as u64 != expected {
        return Err((names::TABLE, Wrong::OtherCount { found: rows, expected }.said()));
    }
    for name in [names::PACKED_TABLE, names::EVALUATED_MODEL] {
        let members = archive::list(&staging.file(name)).map_err(|error| (name, error.said()))?;
        let packed = |member: &str| match name {
            names::PACKED_TABLE => member == names::TABLE,
            _ => member.starts_with("output_result") && member.ends_with(".zip"),
        };
        if !members.iter().any(|member| packed(&member.name)) {
            return Err((name, Wrong::NotPacked.said()));
        }
    }
    Ok(())
}

/// Rows of a table below its head.
fn rows(staging: &Directory, name: &str) -> std::result::Result<usize, String> {
    let file = staging.open(name).map_err(|error| error.said())?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(std::io::BufReader::new(file));
    let mut row = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut row).map_err(|error| error.to_string())? {
        count += 1;
    }
    Ok(count)
}
