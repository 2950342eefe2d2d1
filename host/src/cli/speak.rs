//! The command line in the user's language: help texts, headings, and what is wrong with the arguments.
//!
//! English help texts are the doc comments beside the arguments, Japanese ones are in `japanese.rs`, by command and
//! argument; a test names those that are missing. Notes and examples of both languages are in `closing.rs`.

use std::error::Error as _;

use clap::builder::{PossibleValue, PossibleValuesParser, Resettable};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, Error, FromArgMatches, Subcommand};
use nnc_console::{is_terminal, print_error, print_exactly, printed};
use nnc_language::Language;

use super::Cli;
use super::closing::closing;
use super::heading::heading;
use super::japanese::{self, HEADINGS};
use super::refused::Refused;
use crate::{Ended, table};
use nnc_messages::{Exit, Failure, Say, plain};
use nnc_text::is_plain;

/// Where a text begins that stands below its argument, as clap has it.
const BELOW: usize = 10;

/// Reads the arguments of this process; help, version and errors end it.
pub(crate) fn parse(language: Language) -> Cli {
    let parsed = command(language).try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| end(&error, language))
}

fn end(error: &Error, language: Language) -> ! {
    if language == Language::Japanese && error.kind() == ErrorKind::DisplayHelp {
        let colours = is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
        let help = error.render();
        let help = if colours { help.ansi().to_string() } else { help.to_string() };
        let help = table::width().map_or(help.trim().to_owned(), |width| folded_help(help.trim(), width));
        print_exactly((help + "\n").as_bytes());
        match printed(None) {
            Ok(()) => std::process::exit(0),
            Err(error) => not_printed(error),
        }
    }
    // Clap repeats arguments as they came, so those that are not plain text are made so first.
    let strange = std::env::args_os().any(|argument| !argument.to_string_lossy().chars().all(is_plain));
    let plain_error = strange.then(|| {
        let arguments = std::env::args_os().map(|argument| plain(&argument.to_string_lossy()));
        command(language).try_get_matches_from(arguments).err()
    });
    let plain_error = plain_error.flatten();
    let error = plain_error.as_ref().unwrap_or(error);
    let japanese = || japanese_error(error).filter(|_| language == Language::Japanese);
    let without_colours = || strange.then(|| error.render().to_string().trim_end().to_owned());
    match error.use_stderr().then(|| japanese().or_else(without_colours)).flatten() {
        Some(text) => {
            print_error(text);
            std::process::exit(Exit::Usage as i32)
        }
        // Version and help, and errors, in clap's own words and colours.
        None => match error.print() {
            Err(failed) if !error.use_stderr() => not_printed(failed),
            _ => std::process::exit(error.exit_code()),
        },
    }
}

/// Ends where help or version cannot be written.
fn not_printed(error: std::io::Error) -> ! {
    let failure = Failure::new(Exit::Failed, Ended::NotPrinted { error });
    print_error(Ended::Failed { failure }.said());
    std::process::exit(Exit::Failed as i32)
}

/// A help text whose lines fit: what is said of an argument goes on below where it begins, or below the argument where
/// that would leave too little room.
fn folded_help(help: &str, width: usize) -> String {
    let fold = |line: &str| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let text = line.get(indent..).and_then(|rest| Some(indent + rest.find("  ")?));
        let Some((name, text)) = text.map(|at| line.split_at(at)) else {
            return table::folded(line, indent, Some(width));
        };
        let column = table::cells(line) - table::cells(text.trim_start());
        if table::cells(line) <= width || column * 2 <= width {
            return table::folded(line, column, Some(width));
        }
        let below = format!("{}{}", " ".repeat(BELOW), text.trim_start());
        [vec![name.to_owned()], table::folded(&below, BELOW, Some(width))].concat()
    };
    help.lines().flat_map(fold).collect::<Vec<_>>().join("\n")
}

/// The whole command line with its help texts in a language.
pub(crate) fn command(language: Language) -> Command {
    spoken(Cli::command(), language)
}

/// The command line without what this program says to itself.
pub(crate) fn user_command(language: Language) -> Command {
    spoken(super::Command::augment_subcommands(Command::new("nnc-host")), language)
}

fn spoken(command: Command, language: Language) -> Command {
    let lang = Arg::new("lang")
        .long("lang")
        .global(true)
        .value_name("LANG")
        .value_parser(PossibleValuesParser::new(Language::ALL.map(Language::tag)))
        .help("Language of messages and reports [default: that of the locale]");
    let mut command = command.arg(lang);
    if language == Language::Japanese {
        // Only a built command has its own help and version arguments.
        command.build();
    }
    completed(command, "", language)
}

/// The command, which `path` leads to, with headings, notes and examples, and in Japanese with all its texts.
fn completed(command: Command, path: &str, language: Language) -> Command {
    let mut command = command.mut_args(|argument| match heading(path, argument.get_id().as_str()) {
        Some(heading) => argument.help_heading(heading.title(language)),
        None => argument,
    });
    if language == Language::Japanese {
        command = translated(command, path);
    }
    if let Some(text) = closing(path, language) {
        command = command.after_help(text);
    }
    for subcommand in command.get_subcommands_mut() {
        let path = if path.is_empty() { String::new() } else { format!("{path} ") } + subcommand.get_name();
        *subcommand = completed(std::mem::take(subcommand), &path, language);
    }
    command
}

/// The command with Japanese texts.
fn translated(command: Command, path: &str) -> Command {
    let [usage, commands, arguments, options] = HEADINGS;
    let template = format!("{{before-help}}{{about-with-newline}}\n{usage}: {{usage}}\n\n{{all-args}}{{after-help}}");
    // clap breaks lines at blanks alone, which Japanese hardly has; `folded_help` does it afterwards.
    let mut command = command.help_template(template).subcommand_help_heading(commands).term_width(0);
    if let Some(about) = japanese::about(path) {
        command = command.about(about);
    }
    command.mut_args(|argument| {
        let argument = match argument.get_help_heading() {
            Some(_) => argument,
            None if argument.is_positional() => argument.help_heading(arguments),
            None => argument.help_heading(options),
        };
        // clap would say these in English.
        let bounds = bounds(&argument);
        let help = japanese::argument(path, argument.get_id().as_str());
        let argument = argument.hide_default_value(true).hide_possible_values(true).long_help(Resettable::Reset);
        match help {
            Some(help) => argument.help(format!("{help}{bounds}")),
            None => argument,
        }
    })
}

/// The default and the possible values of an argument, as clap adds them to its help.
fn bounds(argument: &Arg) -> String {
    let mut bounds = String::new();
    if !argument.get_action().takes_values() {
        return bounds;
    }
    let defaults: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() && !argument.is_hide_default_value_set() {
        bounds += &format!(" [既定値: {}]", defaults.join(" "));
    }
    let possible = argument.get_possible_values();
    let possible: Vec<_> = possible.iter().filter(|value| !value.is_hide_set()).map(PossibleValue::get_name).collect();
    if !possible.is_empty() && !argument.is_hide_possible_values_set() {
        bounds += &format!(" [指定できる値: {}]", possible.join(", "));
    }
    bounds
}

/// What is wrong with the arguments, for the kinds of mistakes that people make.
fn japanese_error(error: &Error) -> Option<String> {
    let get = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join("、")),
        _ => None,
    };
    let argument = || get(ContextKind::InvalidArg).unwrap_or_default();
    let text = match error.kind() {
        ErrorKind::UnknownArgument => format!("引数 '{}' は使えません", argument()),
        ErrorKind::InvalidSubcommand => {
            format!("コマンド '{}' はありません", get(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => format!("次の引数が必要です: {}", argument()),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => match get(ContextKind::InvalidValue) {
            Some(value) if !value.is_empty() => {
                let reason = error.source().and_then(|source| source.downcast_ref::<Refused>());
                let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
                format!("'{}' の値 '{value}' は正しくありません{reason}", argument())
            }
            _ => format!("'{}' には値が必要です", argument()),
        },
        ErrorKind::ArgumentConflict => {
            format!("'{}' は '{}' と同時に使えません", argument(), get(ContextKind::PriorArg).unwrap_or_default())
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("'{}' の値の数が正しくありません", argument())
        }
        ErrorKind::TooFewValues => format!("'{}' の値が足りません", argument()),
        ErrorKind::NoEquals => format!("'{}' の値は '=' に続けて指定してください", argument()),
        ErrorKind::InvalidUtf8 => "引数が UTF-8 ではありません".to_owned(),
        ErrorKind::MissingSubcommand => {
            format!("コマンドを指定してください: {}", get(ContextKind::ValidSubcommand).unwrap_or_default())
        }
        _ => return None,
    };
    let known = get(ContextKind::ValidValue).map(|values| format!("\n  指定できる値: {values}"));
    let near = get(ContextKind::SuggestedArg).or_else(|| get(ContextKind::SuggestedSubcommand));
    let near = near.map(|name| format!("\n  '{name}' の間違いではありませんか?"));
    let (known, near) = (known.unwrap_or_default(), near.unwrap_or_default());
    Some(format!("エラー: {text}{known}{near}\n\n詳しくは '--help' を付けて実行してください。"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::closing;
    use super::*;

    /// Every command that people see, with the words that lead to it.
    fn walk(command: &Command, visit: &mut dyn FnMut(&Command, &str)) {
        fn below(command: &Command, path: &str, visit: &mut dyn FnMut(&Command, &str)) {
            visit(command, path);
            for subcommand in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
                below(subcommand, format!("{path} {}", subcommand.get_name()).trim_start(), visit);
            }
        }
        below(command, "", visit);
    }

    fn english() -> Command {
        let mut command = command(Language::English);
        command.build();
        command
    }

    #[test]
    fn the_command_line_is_sound() {
        command(Language::English).debug_assert();
    }

    #[test]
    fn every_command_and_argument_has_its_japanese_text() {
        let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
        walk(&english(), &mut |command, path| {
            assert!(japanese::about(path).is_some(), "`{path}` has no text in japanese.rs");
            let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
            let names: Vec<String> = arguments.map(|argument| argument.get_id().to_string()).collect();
            for name in &names {
                assert!(japanese::argument(path, name).is_some(), "`{path}`: `{name}` has no text in japanese.rs");
            }
            seen.insert(path.to_owned(), names);
        });
        for (command, arguments) in japanese::known() {
            let names = seen.get(command).unwrap_or_else(|| panic!("japanese.rs: there is no command `{command}`"));
            for argument in arguments {
                let exists = names.iter().any(|name| name == argument);
                assert!(exists, "japanese.rs: `{command}` has no argument `{argument}`");
            }
        }
    }

    #[test]
    fn every_command_has_examples() {
        let mut commands = Vec::new();
        walk(&english(), &mut |command, path| {
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let leaf = !command.has_subcommands();
            assert!(!leaf || after.contains("Examples:\n  nnc-host "), "`{path}` has no examples in closing.rs");
            commands.push(path.to_owned());
        });
        for command in closing::commands() {
            assert!(commands.iter().any(|known| known == command), "closing.rs: there is no command `{command}`");
        }
    }

    #[test]
    fn japanese_help_has_japanese_headings() {
        let mut command = command(Language::Japanese);
        let help = command.render_help().to_string();
        for part in ["使い方: nnc-host", "コマンド:", "オプション:", "例:\n", "学習してから評価する"]
        {
            assert!(help.contains(part), "{part} in {help}");
        }
        for part in ["Usage", "Commands", "Options", "Examples"] {
            assert!(!help.contains(part), "{part} in {help}");
        }
        walk(&command, &mut |command, path| {
            let help = command.clone().render_long_help().to_string();
            for part in ["[default: ", "[possible values: ", "Possible values:", "Print help"] {
                assert!(!help.contains(part), "{path}: {part} in {help}");
            }
        });
    }

    #[test]
    fn japanese_help_fits_its_terminal() {
        walk(&command(Language::Japanese), &mut |command, path| {
            for (width, help) in [60, 80, 100].map(|width| (width, command.clone().render_help().ansi().to_string())) {
                for line in folded_help(&help, width).lines() {
                    // A word may be wider than what is left beside its argument.
                    assert!(table::cells(line) <= width || !line.trim().contains(' '), "{path} {width}: {line}");
                }
            }
        });
        let line = "  -o, --out <DIR>  出力先のフォルダーを指定する（例: out）";
        assert_eq!(
            folded_help(line, 40),
            "  -o, --out <DIR>  出力先のフォルダーを\n                   指定する（例: out）"
        );
        assert_eq!(
            folded_help(line, 30),
            "  -o, --out <DIR>\n          出力先のフォルダーを\n          指定する（例: out）"
        );
    }

    #[test]
    fn mistakes_are_told_in_japanese() {
        let error = |line: &str| {
            let error = command(Language::Japanese).try_get_matches_from(line.split(' ')).unwrap_err();
            japanese_error(&error).unwrap()
        };
        for (line, parts) in [
            ("nnc-host run p.toml -o out --quite", ["'--quite' は使えません", "'--quiet' の間違い"]),
            ("nnc-host evaluat", ["コマンド 'evaluat' はありません", "'evaluate' の間違い"]),
            ("nnc-host run p.toml", ["次の引数が必要です", "--output"]),
            ("nnc-host run p.toml -o out --threads many", ["'--threads <N>' の値 'many'", "--help"]),
            ("nnc-host run p.toml -o out --lang fr", ["'--lang <LANG>' の値 'fr'", "指定できる値: en、ja"]),
            ("nnc-host run p.toml -o out -q -v", ["同時に使えません", "--quiet"]),
        ] {
            let text = error(line);
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        }
    }
}
