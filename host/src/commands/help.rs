//! `completions` and `man`: help for the shell and for `man`.

use std::path::Path;

use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli;
use nnc_console::print_exactly;
use nnc_files::write_atomically;
use nnc_messages::Doing;
use nnc_messages::{At, Result};

/// `nnc-host completions SHELL`.
pub(crate) fn completions(shell: Shell) -> Result<()> {
    let mut command = cli::user_command(nnc_language::chosen());
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "nnc-host", &mut script);
    print_exactly(&script);
    Ok(())
}

/// `nnc-host man`: the page of the program on standard output, or those of all commands in a folder.
pub(crate) fn man(folder: Option<&Path>) -> Result<()> {
    let mut command = cli::command(nnc_language::chosen());
    let Some(folder) = folder else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        print_exactly(&page);
        return Ok(());
    };
    command.build();
    std::fs::create_dir_all(folder).at(Doing::Make, folder)?;
    pages(&command, "nnc-host", folder)
}

/// Writes `nnc-host-dataset-check.1` and its like: the page of a command and those of all commands below it.
fn pages(command: &clap::Command, name: &str, folder: &Path) -> Result<()> {
    for subcommand in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        pages(subcommand, &format!("{name}-{}", subcommand.get_name()), folder)?;
    }
    let mut page = Vec::new();
    Man::new(command.clone()).title(name).render(&mut page)?;
    let path = folder.join(format!("{name}.1"));
    write_atomically(&path, &page).at(Doing::Write, &path)
}
