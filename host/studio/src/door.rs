//! Who may come in. The studio does what its user's command line does, so nobody else may speak with it: no page of the web that
//! is open in the same browser, no other user of the computer, no other computer.
//!
//! * `connections`: how long they may take; `crowd`: how many there are, and who goes when there is no room.
//! * `guard`: the name under which it was reached (DNS rebinding), the page that asks (CSRF), what lets in: the token, the session of
//!   a browser, or for what a browser fetches by itself one of the `tickets`. No cookie does: browsers send those to every server on
//!   this computer, whatever its port and whoever's it is.
//! * `answers`: what every answer carries, refusals in the user's language.
//! * `language`: which language that is.

mod answers;
mod connections;
mod cookies;
mod crowd;
mod guard;
mod language;
mod tickets;

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nnc_console::print_error;
use nnc_messages::{Say, messages};

pub(crate) use answers::answers;
pub(crate) use connections::{bound as listener, listen};
pub(crate) use guard::{guard, session_of};
pub(crate) use language::Spoken;
use tickets::Tickets;

/// Bytes of a token that the studio makes.
const TOKEN: usize = 24;

/// Browsers that are signed in at once.
const SESSIONS: usize = 64;
/// What a wrong token costs, and how many the terminal tells of.
const GUESS: Duration = Duration::from_millis(250);
const TOLD: u64 = 10;

messages! {
    /// What is said at the terminal.
    enum DoorMessage {
        Wrong { count: u64 } => "warning: {count} wrong tokens were tried", "警告: 誤ったトークンが {count} 回試されました";
    }
}

/// What opens the door.
pub(crate) struct Door {
    /// What a person types or opens, and scripts send.
    token: String,
    /// What pages keep, one value for each sign-in; they are of no use for a next studio.
    sessions: Mutex<VecDeque<String>>,
    pub(crate) tickets: Tickets,
    /// Wrong tokens so far; held while one is answered, so that guessing takes its time.
    wrong: tokio::sync::Mutex<u64>,
    /// Where the studio listens.
    address: SocketAddr,
    /// Names under which it is reached as well.
    hosts: Vec<String>,
}

impl Door {
    pub(crate) fn new(token: Option<String>, address: SocketAddr, hosts: Vec<String>) -> io::Result<Self> {
        let token = match token {
            Some(token) => token,
            None => random()?,
        };
        Ok(Self {
            token,
            sessions: Mutex::default(),
            tickets: Tickets::default(),
            wrong: Default::default(),
            address,
            hosts,
        })
    }

    /// Whether this is the token; takes as long for a wrong one as for the right one.
    pub(crate) fn opens(&self, token: &str) -> bool {
        same(token, &self.token)
    }

    pub(crate) fn is_session(&self, value: &str) -> bool {
        self.lock().iter().any(|session| same(value, session))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever sends a wrong token waits for all that did so before; the terminal tells of it once.
    pub(crate) async fn was_wrong(&self) {
        let mut wrong = self.wrong.lock().await;
        *wrong += 1;
        if *wrong == TOLD {
            print_error(DoorMessage::Wrong { count: TOLD }.said());
        }
        tokio::time::sleep(GUESS).await;
    }

    /// Whether other computers can reach it.
    pub(crate) fn is_remote(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// The address to open, without the token.
    pub(crate) fn url(&self) -> String {
        let port = self.address.port();
        match self.address.ip() {
            // Every address of this computer: this one is certain.
            ip if ip.is_unspecified() => format!("http://127.0.0.1:{port}/"),
            IpAddr::V6(ip) => format!("http://[{ip}]:{port}/"),
            IpAddr::V4(ip) => format!("http://{ip}:{port}/"),
        }
    }

    /// The address to open. What is behind `#` no browser sends to anybody: the page reads it.
    pub(crate) fn url_with_token(&self) -> String {
        let token = percent_encoding::utf8_percent_encode(&self.token, percent_encoding::NON_ALPHANUMERIC);
        format!("{}sign-in#token={token}", self.url())
    }

    /// Whether the studio is meant under this name, the value of `Host`. Pages of the web reach it under names of their own, which
    /// they let lead here (DNS rebinding); an address cannot be made to lead elsewhere.
    pub(crate) fn is_host(&self, host: &str) -> bool {
        let port = format!(":{}", self.address.port());
        let named = host.strip_suffix(&port).unwrap_or(host);
        let with_port = named.len() < host.len() || self.address.port() == 80;
        // An address of IPv6 stands in brackets, one of IPv4 never does.
        let in_brackets = named.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let literal = match in_brackets {
            Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            None => named.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        };
        let is_own = match literal {
            Some(ip) => ip.is_loopback() || self.is_remote(),
            None => named.eq_ignore_ascii_case("localhost"),
        };
        // Behind a proxy the port is the proxy's.
        let name = host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
            .map_or(host, |(name, _)| name);
        (is_own && with_port)
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name) || known.eq_ignore_ascii_case(host))
    }

    /// A session for a page that has shown the token.
    pub(crate) fn sign_in(&self) -> io::Result<String> {
        let session = random()?;
        let mut sessions = self.lock();
        sessions.push_back(session.clone());
        if sessions.len() > SESSIONS {
            sessions.pop_front();
        }
        Ok(session)
    }

    /// Ends a session.
    pub(crate) fn sign_out(&self, value: &str) {
        self.lock().retain(|session| !same(value, session));
    }
}

fn random() -> io::Result<String> {
    nnc_files::random_bytes::<TOKEN>().map(|bytes| nnc_files::hex(&bytes))
}

fn same(a: &str, b: &str) -> bool {
    let differing = a.bytes().zip(b.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b));
    a.len() == b.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(address: &str, hosts: &[&str]) -> Door {
        Door::new(None, address.parse().unwrap(), hosts.iter().map(|host| (*host).to_owned()).collect()).unwrap()
    }

    #[test]
    fn only_own_names_are_answered() {
        let local = door("127.0.0.1:8080", &[]);
        for good in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"] {
            assert!(local.is_host(good), "{good}");
        }
        for bad in [
            "evil.example:8080",
            "evil.example",
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost",
            "192.168.0.7:8080",
            "",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "127.0.0.1:8080:8080",
            "[127.0.0.1]:8080",
            "[::1:8080",
            "::1]:8080",
            "::1:8080",
            "[[::1]]:8080",
            "[localhost]:8080",
            "[]:8080",
        ] {
            assert!(!local.is_host(bad), "{bad}");
        }
        let remote = door("0.0.0.0:8080", &["studio.example"]);
        for good in ["192.168.0.7:8080", "127.0.0.1:8080", "studio.example", "studio.example:443", "Studio.Example"] {
            assert!(remote.is_host(good), "{good}");
        }
        assert!(!remote.is_host("evil.example:8080"));
    }

    #[test]
    fn a_token_opens_and_nothing_else_does() {
        let door = Door::new(Some("s3cret".to_owned()), "127.0.0.1:1".parse().unwrap(), Vec::new()).unwrap();
        assert!(door.opens("s3cret"));
        for bad in ["", "s3cre", "s3crets", "S3cret"] {
            assert!(!door.opens(bad), "{bad}");
        }
        let session = door.sign_in().unwrap();
        assert!(door.is_session(&session) && !door.opens(&session));
        door.sign_in().unwrap();
        door.sign_out(&session);
        assert!(!door.is_session(&session) && door.lock().len() == 1);
        assert!(!door.is_session("s3cret"));
        assert_eq!(door.url_with_token(), "http://127.0.0.1:1/sign-in#token=s3cret");
    }
}
