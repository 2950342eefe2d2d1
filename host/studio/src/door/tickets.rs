//! Tickets: a browser that saves a file, or fills a frame, sends no header, so the address itself has to let it in: once, soon, and to
//! one thing that is only read.

use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{random, same};

/// How long one is good.
const GOOD: Duration = Duration::from_secs(60);
/// Those that have not been used yet.
const MOST: usize = 256;

/// Those that were given out.
#[derive(Default)]
pub(crate) struct Tickets(Mutex<VecDeque<Ticket>>);

struct Ticket {
    value: String,
    /// The path of the address that it opens.
    path: String,
    given: Instant,
}

impl Tickets {
    /// A ticket for what is at a path.
    pub(crate) fn give(&self, path: &str) -> io::Result<String> {
        let value = random()?;
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.push_back(Ticket { value: value.clone(), path: path.to_owned(), given: Instant::now() });
        if tickets.len() > MOST {
            tickets.pop_front();
        }
        Ok(value)
    }

    /// Takes a ticket; says whether it was good for this path. Whatever it was shown for, it is good no more.
    pub(super) fn take(&self, value: &str, path: &str) -> bool {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|ticket| ticket.given.elapsed() < GOOD);
        let place = tickets.iter().position(|ticket| same(&ticket.value, value));
        place.and_then(|place| tickets.remove(place)).is_some_and(|ticket| ticket.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_and_for_one_thing() {
        let tickets = Tickets::default();
        let one = tickets.give("/a").unwrap();
        assert!(!tickets.take("", "/a") && tickets.take(&one, "/a") && !tickets.take(&one, "/a"));
        let other = tickets.give("/a").unwrap();
        assert!(!tickets.take(&other, "/b") && !tickets.take(&other, "/a"));
        let first = tickets.give("/a").unwrap();
        for _ in 0..MOST {
            tickets.give("/a").unwrap();
        }
        assert!(!tickets.take(&first, "/a"), "those that nobody used make room");
        tickets.0.lock().unwrap().iter_mut().for_each(|ticket| ticket.given -= GOOD);
        let late = tickets.0.lock().unwrap()[0].value.clone();
        assert!(!tickets.take(&late, "/a"));
    }
}
