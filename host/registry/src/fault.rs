//! Whether it was a plugin's own fault that the process which opened it ended. Only such a plugin gets into quarantine;
//! what the machine lacked may be there the next time. Decided by how the process ended and by what this one finds itself: what
//! a plugin prints may be a lie, or the cry of a library that got no thread.

use nnc_sandbox::{BrokenLimit, Ending, How, Signal};

/// Whether the plugin is to blame, in a process that may have had `memory` bytes at most unless the machine has less.
pub(crate) fn is_its_own(ending: &Ending, memory: u64) -> bool {
    if ending.shortage.is_some() {
        return false;
    }
    match ending.how {
        How::Exited(_) => true,
        How::Signalled(signal) => match signal {
            Signal::SegmentationFault
            | Signal::Abort
            | Signal::BusError
            | Signal::IllegalInstruction
            | Signal::ArithmeticFault => true,
            // It was ended from outside: by the system, when memory runs out, or an administrator.
            Signal::Termination | Signal::Kill | Signal::Other(_) => false,
        },
        How::Broke(BrokenLimit::Memory { limit, .. }) => limit >= memory,
        How::Broke(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use nnc_sandbox::Shortage;

    use super::*;

    #[test]
    fn what_the_machine_lacks_is_no_fault_of_a_plugin() {
        let ending = |how, shortage| Ending { how, shortage, last_words: None };
        let own = |how| is_its_own(&ending(how, None), 100);
        for signal in [Signal::SegmentationFault, Signal::Abort, Signal::BusError, Signal::IllegalInstruction] {
            assert!(own(How::Signalled(signal)), "{signal:?}");
        }
        for signal in [Signal::Kill, Signal::Termination, Signal::Other(2)] {
            assert!(!own(How::Signalled(signal)), "{signal:?}");
        }
        assert!(own(How::Exited(0)) && own(How::Broke(BrokenLimit::Time { limit: Duration::from_secs(1) })));
        assert!(own(How::Broke(BrokenLimit::Memory { used: 101, limit: 100 })));
        assert!(!own(How::Broke(BrokenLimit::Memory { used: 51, limit: 50 })), "the machine has no more");
        for shortage in [Shortage::Threads, Shortage::Memory, Shortage::Stack, Shortage::Files] {
            assert!(!is_its_own(&ending(How::Signalled(Signal::Abort), Some(shortage)), 100), "{shortage:?}");
        }
    }

    #[test]
    fn what_a_plugin_says_decides_nothing() {
        for words in ["memory allocation of 5 bytes failed", "Thread creation failed: Resource temporarily unavailable"]
        {
            let said = |how| Ending { how, shortage: None, last_words: Some(words.to_owned()) };
            assert!(is_its_own(&said(How::Signalled(Signal::Abort)), 100));
            assert!(!is_its_own(&said(How::Signalled(Signal::Kill)), 100));
        }
    }
}
