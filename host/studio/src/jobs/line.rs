//! Options on command lines.

use std::ffi::OsString;

/// `--name=value`, so that no value is taken for an option.
pub(super) fn option(line: &mut Vec<OsString>, name: &str, value: impl std::fmt::Display) {
    line.push(format!("--{name}={value}").into());
}
