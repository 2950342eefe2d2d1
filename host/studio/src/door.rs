//! Who may come in. The studio does what its user's command line does, so nobody else may speak with it: no page of the web that
//! is open in the same browser, no other user of the computer, no other computer.
//!
//! * `connections`: how many, how long they may take.
//! * `guard`: the name under which it was reached (DNS rebinding), the page that asks (CSRF), the token.
//! * `answers`: what every answer carries, refusals in the user's language.
//! * `language`: which language that is.

mod answers;
mod connections;
mod cookies;
mod guard;
mod language;

use std::io;
use std::net::{IpAddr, SocketAddr};

pub(crate) use answers::answers;
pub(crate) use connections::listen;
pub(crate) use guard::{guard, is_signed_in};
pub(crate) use language::Spoken;

/// Bytes of a token that the studio makes.
const TOKEN: usize = 24;

/// What opens the door.
pub(crate) struct Door {
    /// What a person types or opens, and scripts send.
    token: String,
    /// What the browser keeps; it is of no use for a next studio.
    session: String,
    /// Where the studio listens.
    address: SocketAddr,
    /// Names under which it is reached as well.
    hosts: Vec<String>,
}

impl Door {
    pub(crate) fn new(token: Option<String>, address: SocketAddr, hosts: Vec<String>) -> io::Result<Self> {
        let random = || nnc_files::random_bytes::<TOKEN>().map(|bytes| nnc_files::hex(&bytes));
        let token = match token {
            Some(token) => token,
            None => random()?,
        };
        Ok(Self { token, session: random()?, address, hosts })
    }

    /// Whether this is the token; takes as long for a wrong one as for the right one.
    pub(crate) fn opens(&self, token: &str) -> bool {
        same(token, &self.token)
    }

    pub(crate) fn is_session(&self, value: &str) -> bool {
        same(value, &self.session)
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

    /// The address to open.
    pub(crate) fn url_with_token(&self) -> String {
        let token = percent_encoding::utf8_percent_encode(&self.token, percent_encoding::NON_ALPHANUMERIC);
        format!("{}?token={token}", self.url())
    }

    /// Whether the studio is meant under this name, the value of `Host`. Pages of the web reach it under names of their own, which
    /// they let lead here (DNS rebinding); an address cannot be made to lead elsewhere.
    pub(crate) fn is_host(&self, host: &str) -> bool {
        let port = format!(":{}", self.address.port());
        let named = host.strip_suffix(&port).unwrap_or(host);
        let with_port = named.len() < host.len() || self.address.port() == 80;
        let literal = named.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
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

    /// The cookie's name: browsers keep one jar for all ports of a computer.
    pub(crate) fn cookie(&self) -> String {
        format!("nnc_studio_{}", self.address.port())
    }

    /// What the browser is told to keep.
    pub(crate) fn set_cookie(&self) -> String {
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie(), self.session)
    }

    /// What the browser is told to forget.
    pub(crate) fn clear_cookie(&self) -> String {
        format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", self.cookie())
    }
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
        for bad in ["", "s3cre", "s3crets", "S3cret", &door.session] {
            assert!(!door.opens(bad), "{bad}");
        }
        assert!(!door.is_session("s3cret"));
        assert_eq!(door.url_with_token(), "http://127.0.0.1:1/?token=s3cret");
    }
}
