//! Child processes: printed before they start, and a failure that names the step.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::layout::Layout;

/// The cargo that started this program.
pub fn cargo(layout: &Layout) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(&layout.root);
    command
}

/// Prints the command line, runs it with the terminal attached, and fails unless it exits with 0.
pub fn run(layout: &Layout, step: &str, command: &mut Command) -> Result<()> {
    println!("$ {}", shown(layout, command));
    let status =
        command.status().with_context(|| format!("{step}: {} could not be started", name(command.get_program())))?;
    if !status.success() {
        bail!("{step} failed: {} {}", name(command.get_program()), ending(status));
    }
    Ok(())
}

/// How a child ended, for the end of a sentence.
pub fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => format!("was ended by a {status}"),
    }
}

/// The command line as a person would type it in the root of the repository.
fn shown(layout: &Layout, command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(key, value)| Some(format!("{}={}", key.to_string_lossy(), word(layout, value?))));
    let program = match name(command.get_program()) {
        program if program == "cargo" => program,
        _ => word(layout, command.get_program()),
    };
    let arguments = command.get_args().map(|argument| word(layout, argument));
    variables.chain([program]).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// One word of a command line: paths shortened, quoted where a shell needs it.
fn word(layout: &Layout, word: &OsStr) -> String {
    let text = layout.show(Path::new(word)).to_string();
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || "'\"$\\;&|<>()*?#".contains(c)) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        text
    }
}

fn name(program: &OsStr) -> String {
    let path = Path::new(program);
    path.file_name().unwrap_or(program).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn layout() -> Layout {
        Layout {
            root: PathBuf::from("/repo"),
            deps: PathBuf::from("/repo/.deps"),
            release: PathBuf::from("/repo/target/release"),
        }
    }

    #[test]
    fn a_command_line_can_be_pasted() {
        let mut command = Command::new("/repo/target/release/nnc-host");
        command.env("W", "/repo/.deps/weights").args(["run", "/other/a b.toml", "it's"]);
        assert_eq!(
            shown(&layout(), &command),
            r"W=.deps/weights target/release/nnc-host run '/other/a b.toml' 'it'\''s'"
        );
    }

    #[test]
    fn a_failure_names_step_program_and_code() {
        let error = run(&layout(), "step one", Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(error.to_string(), "step one failed: sh ended with exit code 7");
        let error = run(&layout(), "step two", &mut Command::new("/no/such/program")).unwrap_err();
        assert_eq!(error.to_string(), "step two: program could not be started");
    }
}
