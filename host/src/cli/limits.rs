//! Limits of plugins' processes, and confinement: arguments, and how times and sizes are read.

use std::time::Duration;

use clap::Args;
use nnc_messages::messages;
use nnc_sandbox::{Limits, SandboxMode};

use super::refused::Refused;

#[derive(Args, Debug)]
pub(crate) struct LimitArgs {
    /// Memory limit of the plugin's process, for example 800M or 8G [default: nine tenths of the memory]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory_limit: Option<u64>,
    /// Time limit of the plugin's process, for example 90s, 30m or 2h [default: none]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) time_limit: Option<Duration>,
    /// Stop a plugin that shows no activity for this long, or computes four times as long without reporting progress
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "15m")]
    pub(crate) stall_limit: Duration,
}

/// How processes are confined that run plugins, or read files of others.
#[derive(Args, Debug)]
pub(crate) struct SandboxArgs {
    /// Confine what runs plugins or reads files of others: as far as this system can (auto), in everything or not run at all (require), or not (off)
    #[arg(long, value_name = "auto|require|off", value_parser = mode, default_value = "auto")]
    pub(crate) sandbox: SandboxMode,
}

impl LimitArgs {
    pub(crate) fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits { memory: self.memory_limit.or(usual.memory), time: self.time_limit, stall: self.stall_limit }
    }
}

messages! {
    /// What a value has to look like.
    enum Expected {
        Duration => "expected a number with s, m or h, for example 90s", "90s のように、数値に s、m、h のいずれかを付けて指定してください";
        Mode => "expected auto, require or off", "auto、require、off のいずれかを指定してください";
        Size => "expected a number with M or G, for example 800M", "800M のように、数値に M か G を付けて指定してください";
    }
}

/// Reads `auto`, `require` or `off`.
fn mode(text: &str) -> Result<SandboxMode, Refused> {
    let modes = [SandboxMode::Auto, SandboxMode::Require, SandboxMode::Off];
    modes.into_iter().find(|mode| mode.name() == text).ok_or_else(|| Refused::new(Expected::Mode))
}

/// Splits `90s` into its number and its unit.
fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    Some((number.parse().ok()?, unit.trim()))
}

/// Reads `90s`, `30m` or `2h`.
pub(super) fn duration(text: &str) -> Result<Duration, Refused> {
    let seconds = number_and_unit(text).and_then(|(number, unit)| match unit {
        "s" | "" => Some(number),
        "m" => Some(number * 60.0),
        "h" => Some(number * 3600.0),
        _ => None,
    });
    seconds.filter(|&s| s > 0.0 && s < 1e9).map(Duration::from_secs_f64).ok_or_else(|| Refused::new(Expected::Duration))
}

/// Reads `800M` or `8G`; units are powers of ten.
pub(super) fn size(text: &str) -> Result<u64, Refused> {
    let bytes = number_and_unit(text).and_then(|(number, unit)| match unit.trim_end_matches('B') {
        "M" => Some(number * 1e6),
        "G" => Some(number * 1e9),
        _ => None,
    });
    bytes.filter(|&b| (1e6..1e15).contains(&b)).map(|b| b as u64).ok_or_else(|| Refused::new(Expected::Size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_read() {
        assert_eq!(duration("90").unwrap(), Duration::from_secs(90));
        assert_eq!(duration("1.5m").unwrap(), Duration::from_secs(90));
        assert_eq!(duration("2h").unwrap(), Duration::from_secs(7200));
        assert_eq!((size("800M").unwrap(), size("1.5GB").unwrap()), (800_000_000, 1_500_000_000));
        for bad in ["", "s", "0s", "1d", "-1s", "1e9h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        for bad in ["8", "8K", "0G", "9999999G"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
