//! Who is connected. Where there is no room left, whoever came first and has not shown the token goes: anybody on the computer can
//! connect and say nothing, and must not keep the user out that way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// Connections at once. A browser has six; a script may have many.
const CONNECTIONS: usize = 512;

/// All connections, by when they came.
#[derive(Default)]
pub(super) struct Crowd {
    connections: Mutex<BTreeMap<u64, (Option<AbortHandle>, Known)>>,
    left: Notify,
}

/// Whether somebody on a connection has shown the token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<AtomicBool>);

impl Known {
    /// Somebody has.
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Crowd {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, (Option<AbortHandle>, Known)>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room; makes some if a stranger has it.
    pub(super) async fn room(&self) {
        loop {
            let left = self.left.notified();
            {
                let mut connections = self.lock();
                if connections.len() < CONNECTIONS {
                    return;
                }
                let stranger = connections.iter().find(|(_, (_, known))| !known.0.load(Ordering::Relaxed));
                if let Some(place) = stranger.map(|(place, _)| *place) {
                    if let Some((Some(task), _)) = connections.remove(&place) {
                        task.abort();
                    }
                    return;
                }
            }
            left.await;
        }
    }

    /// A connection that came as number `place`.
    pub(super) fn enter(self: &Arc<Self>, place: u64) -> Inside {
        let known = Known::default();
        self.lock().insert(place, (None, known.clone()));
        Inside { crowd: Arc::clone(self), place, known }
    }

    /// What ends it.
    pub(super) fn attach(&self, place: u64, task: AbortHandle) {
        if let Some((handle, _)) = self.lock().get_mut(&place) {
            *handle = Some(task);
        }
    }
}

/// A connection, for as long as it lasts.
pub(super) struct Inside {
    crowd: Arc<Crowd>,
    place: u64,
    pub(super) known: Known,
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.crowd.lock().remove(&self.place);
        self.crowd.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn strangers_make_room() {
        let crowd = Arc::new(Crowd::default());
        let mut inside: Vec<Inside> = (0..CONNECTIONS as u64).map(|place| crowd.enter(place)).collect();
        inside[0].known.set();
        crowd.room().await;
        let places: Vec<u64> = crowd.lock().keys().copied().collect();
        assert_eq!((places.len(), places[0], places[1]), (CONNECTIONS - 1, 0, 2));
        inside.push(crowd.enter(CONNECTIONS as u64));
        inside.iter().for_each(|one| one.known.set());
        let waits = tokio::time::timeout(std::time::Duration::from_millis(50), crowd.room()).await;
        assert!(waits.is_err(), "all of them have shown the token");
        inside.pop();
        crowd.room().await;
    }
}
