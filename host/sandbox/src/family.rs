//! The children that were started here, and what they leave behind. Whatever a child has started and left becomes a child
//! of this process, which ends it: nothing outlives the child.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, set_child_subreaper, waitid};

use crate::usage::{children, with_descendants};

/// How long to look for what was left behind; a process that cannot end now has none of the plugin's code left to run.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(2);
/// Rounds of stopping before the killing, for processes that go on making new ones.
const ROUNDS: usize = 20;

/// The children that a thread here waits for.
static OWN: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn own() -> MutexGuard<'static, BTreeSet<u32>> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a child.
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    static ADOPTING: Once = Once::new();
    ADOPTING.call_once(|| {
        // Older kernels than 3.4 leave such processes to the first process of the system.
        let _ = set_child_subreaper(Some(getpid()));
    });
    let mut own = own();
    let child = command.spawn()?;
    own.insert(child.id());
    Ok(child)
}

/// Ends what children have left behind, once `ended` was waited for.
pub(crate) fn clear_after(ended: u32) {
    let mut own = own();
    own.remove(&ended);
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let left = left_by(&own);
        if left.is_empty() {
            return;
        }
        // None of them makes a new one while the others are killed.
        let mut all = with_descendants(left.clone());
        for _ in 0..ROUNDS {
            all.iter().for_each(|&process| send(process, Signal::STOP));
            let now = with_descendants(left_by(&own));
            if now.iter().all(|process| all.contains(process)) {
                break;
            }
            all = now;
        }
        all.iter().for_each(|&process| send(process, Signal::KILL));
        for process in left {
            let _ = pid(process).map(|id| waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOHANG));
        }
        std::thread::sleep(PAUSE);
    }
}

/// What children have left behind so far.
pub(crate) fn left_behind() -> Vec<u32> {
    left_by(&own())
}

/// The children of this process that nobody here has started.
fn left_by(own: &BTreeSet<u32>) -> Vec<u32> {
    children(std::process::id()).into_iter().filter(|child| !own.contains(child)).collect()
}

fn pid(process: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(process).ok()?)
}

fn send(process: u32, signal: Signal) {
    // One that has ended meanwhile needs no signal.
    let _ = pid(process).map(|id| kill_process(id, signal));
}
