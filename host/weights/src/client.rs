//! The HTTP client: certificates, proxies and timeouts, and errors sorted by whether a second try can help.

use std::time::Duration;

use nnc_files::read_regular;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::{Agent, Body, http};

use crate::address::without_secrets;
use crate::error::{CertificateProblem, FetchProblem};

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(20);
/// Far more than all certificate authorities there are.
const MAX_PEM: u64 = 16 << 20;
const REDIRECTS: u32 = 8;

/// A client with the settings of this machine: `HTTPS_PROXY`, `NO_PROXY` and the like, and `SSL_CERT_FILE` in place of
/// the certificate authorities that are built in.
pub(crate) struct Client {
    agent: Agent,
    silence: Duration,
    /// How this machine reaches others, without a password.
    proxy: Option<String>,
}

/// Why there is no answer, or no file.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A second try may help. What happened, and how long the server asks to wait.
    Passing(FetchProblem, Option<Duration>),
    /// It cannot.
    Lasting(FetchProblem),
}

/// An answer with its body.
pub(crate) type Answer = http::Response<Body>;

impl Client {
    /// A client that gives up on a server after `silence` without a byte.
    ///
    /// # Errors
    /// Certificates that cannot be read.
    pub(crate) fn new(silence: Duration, user_agent: &str) -> Result<Self, FetchProblem> {
        let mut tls = TlsConfig::builder();
        if let Some(file) = std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty()) {
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates(file.as_ref())?));
        }
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .user_agent(user_agent)
            .http_status_as_error(false)
            .max_redirects(REDIRECTS)
            .max_redirects_will_error(true)
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(silence))
            .timeout_per_write(Some(silence))
            .timeout_recv_response(Some(silence))
            .build();
        let agent = config.new_agent();
        let proxy = agent.config().proxy().map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        Ok(Self { agent, silence, proxy })
    }

    /// How long a server may be silent.
    pub(crate) fn silence(&self) -> Duration {
        self.silence
    }

    /// Asks for `address` with these headers.
    pub(crate) fn get(&self, address: &str, headers: &[(&str, &str)]) -> Result<Answer, Trouble> {
        let mut request = self.agent.get(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // What begins encrypted does not go on in the open.
        let encrypted = address.starts_with("https:");
        request
            .config()
            .https_only(encrypted)
            .build()
            .call()
            .map_err(|error| self.through_proxy(address, self.trouble(&error)))
    }

    /// The text at `address`, at most `limit` bytes of it.
    ///
    /// # Errors
    /// No answer, or one with an error.
    pub(crate) fn text(&self, address: &str, limit: u64) -> Result<String, FetchProblem> {
        let mut answer = self.get(address, &[]).map_err(|trouble| match trouble {
            Trouble::Passing(problem, _) | Trouble::Lasting(problem) => problem,
        })?;
        let status = answer.status();
        if !status.is_success() {
            return Err(FetchProblem::Status(status.to_string()));
        }
        answer
            .body_mut()
            .with_config()
            .limit(limit)
            .read_to_string()
            .map_err(|error| FetchProblem::Http(error.to_string()))
    }

    /// Names the proxy where there is one: it is what did not answer.
    fn through_proxy(&self, address: &str, trouble: Trouble) -> Trouble {
        let asked = address
            .parse()
            .is_ok_and(|address| self.agent.config().proxy().is_some_and(|proxy| !proxy.is_no_proxy(&address)));
        match (trouble, self.proxy.clone().filter(|_| asked)) {
            (Trouble::Passing(problem, pause), Some(proxy)) => {
                let reason = match problem {
                    FetchProblem::NoConnection { seconds } => format!("no connection within {seconds} s"),
                    FetchProblem::UnknownHost => "its name cannot be resolved".to_owned(),
                    FetchProblem::NoAnswer(reason) | FetchProblem::Http(reason) => reason,
                    other => return Trouble::Passing(other, pause),
                };
                Trouble::Passing(FetchProblem::Proxy { proxy, reason }, pause)
            }
            (trouble, _) => trouble,
        }
    }

    /// Sorts an error of the connection.
    fn trouble(&self, error: &ureq::Error) -> Trouble {
        use ureq::{Error, Timeout};
        match error {
            Error::Timeout(Timeout::Connect) => {
                Trouble::Passing(FetchProblem::NoConnection { seconds: CONNECT.as_secs() }, None)
            }
            Error::Timeout(_) => self.silent(),
            Error::HostNotFound => Trouble::Passing(FetchProblem::UnknownHost, None),
            Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => self.silent(),
            Error::Io(error) => Trouble::Passing(FetchProblem::NoAnswer(error.to_string()), None),
            Error::ConnectionFailed | Error::Protocol(_) | Error::ConnectProxyFailed(_) => {
                Trouble::Passing(FetchProblem::Http(error.to_string()), None)
            }
            Error::RequireHttpsOnly(to) => Trouble::Lasting(FetchProblem::LeavesEncryption { to: without_secrets(to) }),
            Error::BadUri(reason) => Trouble::Lasting(FetchProblem::BadAddress { reason: without_secrets(reason) }),
            _ => Trouble::Lasting(FetchProblem::Http(error.to_string())),
        }
    }

    /// Sorts an error while a body is read.
    pub(crate) fn broken(&self, error: &std::io::Error) -> Trouble {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
        match inner {
            Some(ureq::Error::Timeout(_)) => self.silent(),
            _ if error.kind() == std::io::ErrorKind::TimedOut => self.silent(),
            _ => Trouble::Passing(FetchProblem::Broken(error.to_string()), None),
        }
    }

    fn silent(&self) -> Trouble {
        Trouble::Passing(FetchProblem::Silent { seconds: self.silence.as_secs() }, None)
    }
}

fn certificates(file: &std::path::Path) -> Result<Vec<Certificate<'static>>, FetchProblem> {
    let refuse = |problem| FetchProblem::Certificates { file: file.to_owned(), problem };
    let pem = read_regular(file, MAX_PEM).map_err(|error| refuse(CertificateProblem::Unreadable(error.to_string())))?;
    let mut found = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|error| refuse(CertificateProblem::Unreadable(error.to_string())))?
        {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(refuse(CertificateProblem::Empty)) } else { Ok(found) }
}
