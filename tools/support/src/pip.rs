//! Whether pip can be used.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// Fails with what to install unless python3 and its pip can be run.
pub fn check() -> Result<()> {
    let runs = |arguments: &[&str]| {
        Command::new("python3")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !runs(&["--version"]) {
        bail!("python3 was not found; run `apt-get install python3 python3-pip` and start this again");
    }
    if !runs(&["-m", "pip", "--version"]) {
        bail!("python3 has no pip; run `apt-get install python3-pip` and start this again");
    }
    Ok(())
}
