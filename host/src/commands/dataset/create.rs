//! `dataset create`: from an archive or a folder of images to a dataset.

mod summary;

use std::path::Path;

use nnc_console::print_line;
use nnc_dataset_create::{
    AlphaPolicy, Grouping, Limits, Mode, Options, Regex, Stage, Summary, Watch, create, staging_of,
};
use nnc_messages::{Exit, Failure, Result, Say, messages};
use nnc_project_types::{GroupRule, NotAGroupRule};

use crate::cli::{Alpha, CreateArgs, ShapingMode};
use crate::commands::confined::{self, NewFolders};
use crate::commands::dataset::LIKENESS;
use crate::commands::print_json;
use crate::table;
use nnc_console::Level;
use nnc_console::log_stamp;
use nnc_console::{Console, LogTo, Unit};
use nnc_jobs::Signals;

messages! {
    /// What the command says itself.
    enum Message {
        Creating => "creating", "作成";
        NotRegex { reason: String } =>
            "--group-by is not a regular expression: {reason}",
            "--group-by が正規表現ではありません: {reason}";
        NotAGroup { found: String } =>
            "--group is \"{found}\", expected folder, likeness or pattern EXPRESSION, for example pattern (part\\d+)_",
            "--group の値 \"{found}\" は正しくありません。folder、likeness、pattern 正規表現（例: pattern (part\\d+)_）のいずれかで指定してください";
        NoColumns { found: String } =>
            "--group is \"{found}\", but images in folders have no columns; use pattern EXPRESSION, folder or likeness, and --group-column to make a column of the groups",
            "--group の値が \"{found}\" ですが、フォルダーの画像には列がありません。pattern 正規表現、folder、likeness のいずれかを指定し、グループを列にするには --group-column を使ってください";
        Ratios { first: u8, second: u8, sum: u16 } =>
            "--ratio1 {first} and --ratio2 {second} add up to {sum}, expected 100",
            "--ratio1 {first} と --ratio2 {second} の合計が {sum} です。100 になるようにしてください";
    }
}

/// Creates a dataset and reports what came of every file.
pub(crate) fn run(args: &CreateArgs) -> Result<()> {
    let options = options(args)?;
    let console = Console::new(match (args.quiet, args.json) {
        (true, _) => LogTo::Quiet,
        (_, true) => LogTo::Stderr,
        _ => LogTo::Stdout,
    });
    let signals = Signals::register()?;
    // Whoever names a source that is not there hears so before a folder is made.
    let outdir = std::path::absolute(&args.outdir)?;
    let folders = staging_of(&outdir).zip(outdir.parent()).filter(|_| args.source.exists());
    // The inner one goes first, if it is not used.
    let made = folders.map(|(staging, parent)| {
        let parents = NewFolders::make(parent);
        (NewFolders::make(&staging), parents, staging)
    });
    match &made {
        Some((_, parents, staging)) => confined::folder_outputs(staging, &parents.within, &outdir).confine()?,
        None => confined::to_reading()?,
    }
    let watch = Watch {
        stage: &|stage: Stage| console.log(Level::Info, &format!("{} [nnabla]: {}", log_stamp(), stage.nnc_log())),
        progress: &|done, total| console.progress(&Message::Creating.said(), Unit::Items, done, total),
        cancelled: &|| signals.count() > 0,
        // Its keys are texts and its numbers finite, so this cannot fail.
        describe: &|summary: &Summary| serde_json::to_value(summary::Json::from(summary)).unwrap_or_default(),
    };
    let made = {
        let _attending = signals.attend();
        create(&args.source, &args.outdir, &options, &watch)
    };
    console.clear_bar();
    let summary = made?;
    if args.json {
        print_json(&summary::Json::from(&summary))
    } else {
        let width = table::width();
        let lines = summary::lines(&summary);
        let folded = lines.iter().flat_map(|line| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            table::folded(line, indent + 2, width)
        });
        for line in folded {
            // A closed pipe is no failure: the dataset is there all the same.
            print_line(line);
        }
        Ok(())
    }
}

fn options(args: &CreateArgs) -> Result<Options> {
    let usual = Limits::default();
    Ok(Options {
        width: args.width,
        height: args.height,
        channels: args.channels,
        mode: match args.mode {
            ShapingMode::Trimming => Mode::Trimming,
            ShapingMode::Padding => Mode::Padding,
            ShapingMode::Resize => Mode::Resize,
        },
        shuffle: args.shuffle.then_some(args.seed),
        file1: args.file1.clone().unwrap_or_else(|| format!("{}.csv", stem(&args.source))),
        file2: args.file2.clone(),
        ratio2: ratio2(args.ratio1, args.ratio2)?,
        group: grouping(args)?,
        group_column: args.group_column.clone(),
        alpha: match args.alpha {
            Alpha::Refuse => AlphaPolicy::Refuse,
            Alpha::Drop => AlphaPolicy::Drop,
            Alpha::White => AlphaPolicy::Over(255),
            Alpha::Black => AlphaPolicy::Over(0),
        },
        scale_sixteen_bit: args.scale_16bit,
        against: args.against.clone(),
        force: args.force,
        limits: Limits {
            files: args.max_files.unwrap_or(usual.files),
            total_bytes: args.max_total.unwrap_or(usual.total_bytes),
            file_bytes: args.max_file_size.unwrap_or(usual.file_bytes),
            ratio: args.max_ratio.unwrap_or(usual.ratio),
            pixels: args.max_pixels.unwrap_or(usual.pixels),
        },
        threads: args.threads,
    })
}

/// Which images belong together.
fn grouping(args: &CreateArgs) -> Result<Option<Grouping>> {
    let usage = |message: Message| Err(Failure::new(Exit::Usage, message));
    if let Some(pattern) = args.group_by.as_deref() {
        return match Regex::new(pattern) {
            Ok(pattern) => Ok(Some(Grouping::Stem(pattern))),
            Err(error) => usage(Message::NotRegex { reason: error.to_string().replace('\n', " ") }),
        };
    }
    let Some(text) = args.group.as_deref() else { return Ok(None) };
    if text.trim() == LIKENESS {
        return Ok(Some(Grouping::Likeness));
    }
    match text.parse() {
        Ok(GroupRule::Folder) => Ok(Some(Grouping::Folder)),
        Ok(GroupRule::Pattern(pattern)) => Ok(Some(Grouping::Path(pattern))),
        Ok(GroupRule::Column(_)) => usage(Message::NoColumns { found: text.to_owned() }),
        Err(NotAGroupRule::Unknown { found }) => usage(Message::NotAGroup { found }),
        Err(error) => Err(Failure::new(Exit::Usage, error)),
    }
}

/// NNC ignores the first ratio; here it counts, and both have to fit together.
fn ratio2(ratio1: Option<u8>, ratio2: Option<u8>) -> Result<u8> {
    match (ratio1, ratio2) {
        (None, None) => Ok(0),
        (Some(first), None) => Ok(100 - first),
        (None, Some(second)) => Ok(second),
        (Some(first), Some(second)) if u16::from(first) + u16::from(second) == 100 => Ok(second),
        (Some(first), Some(second)) => {
            let sum = u16::from(first) + u16::from(second);
            Err(Failure::new(Exit::Usage, Message::Ratios { first, second, sum }))
        }
    }
}

/// The source's name without what tells its kind: `train` for `photos/train.tar.gz`.
fn stem(source: &Path) -> String {
    let real = std::fs::canonicalize(source).unwrap_or_else(|_| source.to_owned());
    let name = real.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let lower = name.to_lowercase();
    let ending = [".tar.gz", ".tgz", ".zip", ".tar", ".gz"].into_iter().find(|ending| lower.ends_with(ending));
    let stem = name.get(..name.len() - ending.map_or(0, str::len)).unwrap_or(&name);
    if stem.is_empty() || stem.starts_with('.') { "train".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_fit_together_or_are_refused() {
        assert_eq!(ratio2(None, None).unwrap(), 0);
        assert_eq!(ratio2(Some(60), None).unwrap(), 40);
        assert_eq!(ratio2(None, Some(30)).unwrap(), 30);
        assert_eq!(ratio2(Some(70), Some(30)).unwrap(), 30);
        assert_eq!(ratio2(Some(70), Some(40)).unwrap_err().exit, Exit::Usage);
    }

    #[test]
    fn the_first_table_is_named_after_the_source() {
        for (source, expected) in [
            ("a/train.zip", "train"),
            ("train.tar.gz", "train"),
            ("Train.TGZ", "Train"),
            ("parts.v2.tar", "parts.v2"),
            ("photos/", "photos"),
            (".zip", "train"),
        ] {
            assert_eq!(stem(Path::new(source)), expected);
        }
    }
}
