//! One set-up at a time in one folder.

use std::fs::{File, TryLockError};

use anyhow::{Context, Result};

use crate::layout::Layout;

/// Waits until no other set-up works in the same folder; the lock ends with the process.
pub fn lock(layout: &Layout) -> Result<File> {
    let path = layout.deps.join("lock");
    let file = File::create(&path).with_context(|| format!("{} could not be created", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            println!("set-up: waiting for another set-up in {}", layout.show(&layout.deps));
            file.lock().with_context(|| format!("{} could not be locked", path.display()))?;
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("{} could not be locked", path.display()));
        }
    }
    Ok(file)
}
