//! `report -o`: a report of what NNC has computed, in a folder of its own. NNC's folder is only read.

use std::path::{Path, PathBuf};

use nnc_console::{Console, LogTo, print_line};
use nnc_jobs::recorded::{Asked, Place, is_ours, judge};
use nnc_messages::{Exit, Failure, Result, Say, messages};
use nnc_project_types::{ScoringOptions, ScoringPlan};
use nnc_report::Files;
use nnc_result_folder::names::REPORT;
use nnc_result_folder::{Phase, ResultFolder, best_model};
use nnc_sandbox::Outputs;

use crate::cli::ReportArgs;
use crate::commands::confined::NewFolders;
use crate::commands::pair::Pair;
use crate::commands::print_json;

messages! {
    /// Why there is no report.
    enum Refused {
        NotThere { path: PathBuf } => "there is no {path}; name the folder of a job of Neural Network Console, or its output_result.csv, output_result.zip or result_evaluate.nnp",
            "{path} がありません。Neural Network Console のジョブのフォルダー、または output_result.csv、output_result.zip、result_evaluate.nnp を指定してください";
        NoResults { path: PathBuf } => "{path} holds no results of Neural Network Console; expected a folder with output_result.csv, output_result.zip or result_evaluate.nnp, or one of these files",
            "{path} に Neural Network Console の評価結果がありません。output_result.csv、output_result.zip、result_evaluate.nnp のいずれかを含むフォルダー、またはそのファイルを指定してください";
        ModelAlone { path: PathBuf } => "{path} holds a model and no results; `nnc-host evaluate PROJECT -o DIR --model {path} --dataset CSV` evaluates it here and makes the report",
            "{path} にあるのはモデルだけで、評価結果がありません。`nnc-host evaluate プロジェクト -o フォルダー --model {path} --dataset CSV` でモデルを評価すると、レポートが作成されます";
        Ours { folder: PathBuf } => "{folder} is an evaluation of nnc-host; leave out -o to rebuild its report in place, or name its output_result.csv to judge the table anew",
            "{folder} は nnc-host の評価結果です。-o を付けずに実行するとレポートを作り直します。表から判定し直す場合は output_result.csv を指定してください";
        IntoResults { output: PathBuf, folder: PathBuf } => "-o {output} lies in the folder of the results, {folder}, which is not written to; name a folder elsewhere",
            "-o {output} は評価結果のフォルダー {folder} の中にあります。このフォルダーには書き込まないため、別のフォルダーを指定してください";
    }
}

fn refused(why: Refused) -> Failure {
    Failure::new(Exit::Usage, why)
}

/// Judges the results and writes the report into `output`.
pub(super) fn run(args: &ReportArgs, output: &Path, options: ScoringOptions) -> Result<()> {
    let named = &args.folder;
    if !named.exists() {
        return Err(refused(Refused::NotThere { path: named.clone() }));
    }
    if is_ours(named) {
        return Err(refused(Refused::Ours { folder: named.clone() }));
    }
    let options = ScoringOptions {
        rule: args.score,
        task: args.task,
        masks: args.pictures.masks.as_deref().map(std::path::absolute).transpose()?,
        files: Files { excel: args.pictures.excel, heat_maps: args.pictures.heatmaps },
        ..options
    };
    let scoring = ScoringPlan::new(options, None, None).map_err(|error| Failure::new(Exit::Usage, error))?;
    let output = std::path::absolute(output)?;
    refuse_within(&output, named)?;
    // Gone again if nothing comes of it.
    let folders = NewFolders::make(&output);
    Outputs::default().writing(&output).naming(&folders.within).confine()?;
    let Some(place) = Place::of(named)? else {
        let path = named.clone();
        let has_model = named.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("nnp"))
            || best_model(named).is_some()
            || Pair::in_folder(named).is_some();
        return Err(refused(if has_model { Refused::ModelAlone { path } } else { Refused::NoResults { path } }));
    };
    let out = ResultFolder::open(&output, Phase::Evaluate)?;
    let console = Console::new(if args.json { LogTo::Stderr } else { LogTo::Stdout });
    let asked = Asked {
        place: &place,
        dataset: args.dataset.as_deref(),
        title: title(named),
        scoring: &scoring,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let evaluation = judge(&asked, &out, &console)?;
    if args.json {
        return match &evaluation.judged {
            Some(judged) => print_json(judged),
            None => print_json(&evaluation.metrics),
        };
    }
    print_line(out.file(REPORT).said());
    Ok(())
}

/// Refuses a folder in that of the results. A file may lie in any folder, which then is no more than that file's.
fn refuse_within(output: &Path, named: &Path) -> Result<()> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let is_folder = named.is_dir() || named.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let folder =
        if named.is_dir() { real(named) } else { real(named).and_then(|file| file.parent().map(Path::to_owned)) };
    // As far as it is there, it is where links lead.
    let there = output.ancestors().find_map(real);
    let is_itself = real(output).is_some() && real(output) == folder;
    match (there, folder) {
        (Some(there), Some(folder)) if is_itself || (is_folder && there.starts_with(&folder)) => {
            Err(refused(Refused::IntoResults { output: output.to_owned(), folder }))
        }
        _ => Ok(()),
    }
}

/// What the report is called: as the folder, or the file.
fn title(named: &Path) -> String {
    let real = std::fs::canonicalize(named).unwrap_or_else(|_| named.to_owned());
    let name = if named.is_dir() { real.file_name() } else { real.file_stem() };
    name.unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_results_is_not_written_to() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::create_dir_all(at("nnc/deep")).unwrap();
        for name in ["nnc/output_result.csv", "nnc/output_result.zip"] {
            std::fs::write(at(name), "").unwrap();
        }
        std::os::unix::fs::symlink(at("nnc"), at("link")).unwrap();
        for (output, named, is_refused) in [
            ("nnc", "nnc", true),
            ("nnc/report", "nnc", true),
            ("nnc/deep/new/report", "nnc", true),
            ("link/report", "nnc", true),
            ("report", "nnc", false),
            ("nnc2", "nnc", false),
            ("nnc/report", "nnc/output_result.csv", true),
            ("nnc", "nnc/output_result.zip", true),
            ("nnc/report", "nnc/output_result.zip", false),
            ("nnc/report", "link", true),
        ] {
            assert_eq!(refuse_within(&at(output), &at(named)).is_err(), is_refused, "{output} of {named}");
        }
    }
}
