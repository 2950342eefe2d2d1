//! How a child ended.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use serde::{Deserialize, Serialize};

use crate::last_words::LastWords;
use crate::limits::BrokenLimit;
use crate::shortage::Shortage;

/// How a child ended, and what may explain it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// How it ended.
    pub how: How,
    /// What was short here when it ended badly, as this process found itself.
    #[serde(default)]
    pub shortage: Option<Shortage>,
    /// The last line of its standard error that says something, which may be a lie.
    pub last_words: Option<String>,
}

/// The ways in which a child can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// By itself, with an exit code.
    Exited(i32),
    /// By a signal that was not sent from here.
    Signalled(Signal),
    /// It broke a limit and was killed for it.
    Broke(BrokenLimit),
}

/// Signals that end processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// `SIGSEGV`.
    SegmentationFault,
    /// `SIGABRT`.
    Abort,
    /// `SIGBUS`.
    BusError,
    /// `SIGILL`.
    IllegalInstruction,
    /// `SIGFPE`.
    ArithmeticFault,
    /// `SIGTERM`.
    Termination,
    /// `SIGKILL`: the system's choice when memory runs out.
    Kill,
    /// One that says nothing about the plugin.
    Other(i32),
}

impl Signal {
    /// Those with a name here.
    const NAMED: [(rustix::process::Signal, Self); 7] = {
        use rustix::process::Signal as System;
        [
            (System::SEGV, Self::SegmentationFault),
            (System::ABORT, Self::Abort),
            (System::BUS, Self::BusError),
            (System::ILL, Self::IllegalInstruction),
            (System::FPE, Self::ArithmeticFault),
            (System::TERM, Self::Termination),
            (System::KILL, Self::Kill),
        ]
    };

    fn of(number: i32) -> Self {
        let named = Self::NAMED.iter().find(|(system, _)| system.as_raw() == number);
        named.map_or(Self::Other(number), |(_, signal)| *signal)
    }

    /// The system's number.
    pub fn number(self) -> i32 {
        match self {
            Self::Other(number) => number,
            named => Self::NAMED.iter().find(|(_, signal)| *signal == named).map_or(0, |(system, _)| system.as_raw()),
        }
    }
}

impl Ending {
    pub(crate) fn new(exit: ExitStatus, broken: Option<BrokenLimit>, words: LastWords) -> Self {
        let how = match (broken, exit.signal()) {
            (Some(limit), _) => How::Broke(limit),
            (None, Some(number)) => How::Signalled(Signal::of(number)),
            (None, None) => How::Exited(exit.code().unwrap_or(-1)),
        };
        // One that was stopped for a limit has ended for that.
        let is_bad = !matches!(how, How::Exited(0) | How::Broke(_));
        Self { how, shortage: is_bad.then(Shortage::found).flatten(), last_words: words.0 }
    }

    /// Whether it ended by itself and in success.
    pub fn succeeded(&self) -> bool {
        self.how == How::Exited(0)
    }

    /// The limit that it broke.
    pub fn broken_limit(&self) -> Option<BrokenLimit> {
        match self.how {
            How::Broke(limit) => Some(limit),
            How::Exited(_) | How::Signalled(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_signals_and_limits_are_told_apart() {
        let how = |status: i32, broken| Ending::new(ExitStatus::from_raw(status), broken, LastWords::default()).how;
        assert_eq!(how(11, None), How::Signalled(Signal::SegmentationFault));
        assert_eq!(how(10, None), How::Signalled(Signal::Other(10)));
        assert_eq!(how(3 << 8, None), How::Exited(3));
        let limit = BrokenLimit::Memory { used: 2, limit: 1 };
        assert_eq!(how(9, Some(limit)), How::Broke(limit));
        for number in 1..32 {
            assert_eq!(Signal::of(number).number(), number);
        }
    }
}
