//! Who is connected. Where there is no room left, whoever came first and has not shown the token goes: anybody on the computer can
//! connect and say nothing, and must not keep the user out that way. Of several addresses the one goes first that has the most.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

/// Connections, by when they came.
pub(super) struct Crowd {
    connections: Mutex<BTreeMap<u64, Connection>>,
    most: usize,
}

struct Connection {
    peer: IpAddr,
    known: Known,
    task: Option<AbortHandle>,
}

/// Whether somebody on a connection has shown the token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<AtomicBool>);

impl Known {
    /// Somebody has.
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Crowd {
    /// One of so many at most.
    pub(super) fn of(most: usize) -> Arc<Self> {
        Arc::new(Self { connections: Mutex::default(), most })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is room for a connection from an address; makes some if strangers have it. Nobody waits for it: the next one may be
    /// somebody else.
    pub(super) fn has_room(&self, peer: IpAddr) -> bool {
        let mut connections = self.lock();
        if connections.len() < self.most {
            return true;
        }
        let strangers = || connections.iter().filter(|(_, connection)| !connection.known.is_set());
        let mut counts: HashMap<IpAddr, usize> = HashMap::from([(peer, 1)]);
        strangers().for_each(|(_, connection)| *counts.entry(connection.peer).or_default() += 1);
        let most = counts.values().copied().max().unwrap_or_default();
        let goes =
            strangers().find(|(_, connection)| counts.get(&connection.peer) == Some(&most)).map(|(place, _)| *place);
        let Some(gone) = goes.and_then(|place| connections.remove(&place)) else { return false };
        gone.task.inspect(AbortHandle::abort);
        true
    }

    /// A connection that came as number `place`.
    pub(super) fn enter(self: &Arc<Self>, place: u64, peer: IpAddr) -> Inside {
        let known = Known::default();
        self.lock().insert(place, Connection { peer, known: known.clone(), task: None });
        Inside { crowd: Arc::clone(self), place, known }
    }

    /// What ends it.
    pub(super) fn attach(&self, place: u64, task: AbortHandle) {
        if let Some(connection) = self.lock().get_mut(&place) {
            connection.task = Some(task);
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECTIONS: usize = 512;
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    #[test]
    fn strangers_make_room() {
        let crowd = Crowd::of(CONNECTIONS);
        let mut inside: Vec<Inside> = (0..CONNECTIONS as u64).map(|place| crowd.enter(place, HERE)).collect();
        inside[0].known.set();
        assert!(crowd.has_room(HERE));
        let places: Vec<u64> = crowd.lock().keys().copied().collect();
        assert_eq!((places.len(), places[0], places[1]), (CONNECTIONS - 1, 0, 2));
        inside.push(crowd.enter(CONNECTIONS as u64, HERE));
        inside.iter().for_each(|one| one.known.set());
        assert!(!crowd.has_room(HERE), "all of them have shown the token");
        inside.pop();
        assert!(crowd.has_room(HERE));
    }

    #[test]
    fn whoever_has_the_most_makes_room_first() {
        let crowd = Crowd::of(CONNECTIONS);
        let few: Vec<Inside> = (0..10).map(|place| crowd.enter(place, HERE)).collect();
        let mut many: Vec<Inside> = (10..CONNECTIONS as u64).map(|place| crowd.enter(place, THERE)).collect();
        for place in CONNECTIONS as u64..CONNECTIONS as u64 + 300 {
            assert!(crowd.has_room(THERE));
            many.push(crowd.enter(place, THERE));
        }
        let connections = crowd.lock();
        assert!(few.iter().all(|one| connections.contains_key(&one.place)));
        assert_eq!(connections.len(), CONNECTIONS);
        drop(connections);
    }
}
