//! Decoders that panic on a damaged file, without a word on stderr.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`guarded`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What a decoder said when it panicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panicked {
    /// Its words in one line, where it had any.
    pub message: Option<String>,
}

/// Does `work` and catches its panic, which is not reported in any other way. Memory that `work` writes to may hold
/// anything afterwards.
///
/// The first call in a process puts a hook before the one that is there; it passes on all that happens elsewhere.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.try_with(Cell::get).unwrap_or(false) {
                previous(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    outcome.map_err(|panic| Panicked { message: words(panic.as_ref()) })
}

fn words(panic: &(dyn Any + Send)) -> Option<String> {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.map(|text| text.replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_words() {
        assert_eq!(guarded(|| 3), Ok(3));
        let panicked: Result<(), _> = guarded(|| panic!("one\ntwo {}", 3));
        assert_eq!(panicked, Err(Panicked { message: Some("one two 3".to_owned()) }));
        // Inside another one, the outer goes on being quiet.
        let nested = guarded(|| {
            let inner: Result<(), _> = guarded(|| panic!("inner"));
            (inner.is_err(), GUARDED.get())
        });
        assert_eq!(nested, Ok((true, true)));
        assert!(!GUARDED.get());
    }
}
