//! A studio from its first to its last moment.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use nnc_console::{print_error, print_line};
use nnc_files::own_executable;
use nnc_messages::{Exit, Failure, Result, Say, messages};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::api::router;
use crate::ask::Asker;
use crate::door::{Door, listen, listener};
use crate::jobs::keep_going;
use crate::options::{Options, TOKEN_VARIABLE};
use crate::studio::Studio;
use crate::trash;
use crate::watch::watch;
use crate::workspace::Workspace;

/// The port that is tried first, so that a bookmark stays one.
const USUAL_PORT: u16 = 4280;
/// Threads that serve requests; and those that wait for disks meanwhile.
const THREADS: usize = 2;
const BLOCKING: usize = 16;
/// The shortest token that somebody may choose.
const SHORTEST_TOKEN: usize = 16;
/// Files that are open at once: connections, uploads, pipes.
const FILES: u64 = 4096;
/// The page that opens the studio in a browser, without the token in a command line that others can read.
const OPENING: &str = "open-studio.html";
/// How long that page is needed at most.
const OPENED: Duration = Duration::from_secs(120);

messages! {
    /// What is said at the terminal.
    enum Message {
        Open { folder: PathBuf, url: String } => "studio of {folder}: {url}", "{folder} のスタジオ: {url}";
        Stop => "Ctrl-C ends the studio; jobs that run go on", "Ctrl-C でスタジオを終了します（実行中のジョブは続行します）";
        Ended { running: usize } => "the studio has ended; {running} jobs go on, and the next studio shows them",
            "スタジオを終了しました。実行中の {running} 件のジョブは続行し、次に起動したスタジオに表示されます";
        NoTls => "warning: --listen serves other computers without TLS, so whoever sees the traffic sees the token and all data; put a reverse proxy with TLS in front (docs/studio-api.md)",
            "警告: --listen では TLS を使わずに他のコンピューターへ公開するため、通信を見られるとトークンもデータも漏れます。TLS 対応のリバースプロキシを前に置いてください（docs/studio-api.md）";
        NeedsToken { variable: &'static str } => "--listen needs a token of your own: put one of at least 16 characters into a file and name it with --token-file, or into {variable}",
            "--listen には独自のトークンが必要です。16 文字以上のトークンをファイルに書いて --token-file で指定するか、{variable} に設定してください";
        ShortToken => "the token has to have at least 16 characters, none of them a space or a control character",
            "トークンは 16 文字以上で、空白や制御文字を含まないようにしてください";
        NotListening { address: String, error: io::Error } => "cannot listen on {address}: {error}", "{address} で待ち受けできません: {error}";
        NotOpened => "the browser could not be opened; open the address above", "ブラウザーを開けません。上のアドレスを開いてください";
        NoRuntime { error: io::Error } => "cannot start the server: {error}", "サーバーを起動できません: {error}";
    }
}

/// Serves a folder until a signal ends it.
///
/// # Errors
/// A folder that cannot be used or has a studio already, an address that is taken, a token that is none.
pub fn serve(options: Options) -> Result<()> {
    check_token(&options)?;
    let mut workspace = Workspace::open(&options.folder)?;
    raise_limit();
    let runtime = runtime().map_err(|error| Failure::new(Exit::Failed, Message::NoRuntime { error }))?;
    runtime.block_on(async {
        // Before anything is printed: whoever reads it may end the studio at once.
        let mut signals = Signals::new();
        let (listener, address) = bound(&options)?;
        let door = Door::new(options.token.clone(), address, options.hosts.clone())?;
        workspace.write_address(&door.url())?;
        trash::purge_old(&workspace);
        if door.is_remote() {
            print_error(Message::NoTls.said());
        }
        print_line(Message::Open { folder: workspace.path().to_owned(), url: door.url_with_token() }.said());
        print_line(Message::Stop.said());
        let asker = Arc::new(Asker::new(own_executable()?, workspace.path().to_owned()));
        let opens = options.opens_browser;
        let studio = Arc::new(Studio::new(Arc::new(workspace), options, door, asker));
        tokio::spawn(keep_going(Arc::clone(&studio)));
        tokio::spawn(watch(Arc::clone(&studio)));
        if opens {
            tokio::spawn(open(Arc::clone(&studio)));
        }
        let served = listen(listener, router(Arc::clone(&studio)));
        tokio::select! {
            () = served => {}
            () = signals.received() => {}
        }
        studio.was_opened();
        let running = studio.jobs.running();
        if running > 0 {
            print_line(Message::Ended { running }.said());
        }
        Ok(())
    })
    // Dropped here: requests that are not done are cut off, children are not.
}

fn check_token(options: &Options) -> Result<()> {
    let refuse = |message| Err(Failure::new(Exit::Usage, message));
    match &options.token {
        None if !options.address.is_loopback() => refuse(Message::NeedsToken { variable: TOKEN_VARIABLE }),
        Some(token)
            if token.chars().count() < SHORTEST_TOKEN
                || token.contains(|c: char| c.is_whitespace() || c.is_control()) =>
        {
            refuse(Message::ShortToken)
        }
        _ => Ok(()),
    }
}

/// A runtime whose threads are there before anybody asks for something: a system that has none left says so now.
fn runtime() -> io::Result<Runtime> {
    let long = Duration::from_secs(30 * 86_400);
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(THREADS).max_blocking_threads(BLOCKING).thread_keep_alive(long).enable_all();
    builder.build()
}

/// The usual port, or any, unless one was asked for.
fn bound(options: &Options) -> Result<(TcpListener, SocketAddr)> {
    let ports = match options.port {
        Some(port) => vec![port],
        None => vec![USUAL_PORT, 0],
    };
    let mut refused = None;
    for port in ports {
        let address = SocketAddr::new(options.address, port);
        match listener(address) {
            Ok(listener) => {
                let address = listener.local_addr()?;
                return Ok((listener, address));
            }
            Err(error) => {
                refused =
                    Some(Failure::new(Exit::Failed, Message::NotListening { address: address.to_string(), error }))
            }
        }
    }
    Err(refused.unwrap_or_else(|| io::Error::from(io::ErrorKind::AddrInUse).into()))
}

/// As many files as the system lets this program have, up to what it needs.
fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(FILES, |maximum| maximum.min(FILES));
    if current.is_some_and(|current| current < wanted) {
        // With fewer it refuses connections earlier.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
}

/// The signals that end a studio.
struct Signals([Option<Signal>; 3]);

impl Signals {
    /// From now on they do so.
    fn new() -> Self {
        Self([SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(|kind| signal(kind).ok()))
    }

    /// Waits for the first.
    async fn received(&mut self) {
        async fn next(stream: &mut Option<Signal>) {
            match stream {
                Some(stream) => drop(stream.recv().await),
                None => std::future::pending().await,
            }
        }
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            () = next(interrupt) => {}
            () = next(terminate) => {}
            () = next(hangup) => {}
        }
    }
}

/// Opens the browser. Everybody on the computer can read command lines, so it is given a page that only this user can read, and which
/// goes once it was used.
async fn open(studio: Arc<Studio>) {
    let path = studio.workspace.at(OPENING);
    let url = studio.door.url_with_token();
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={url}\"><title>nnc-host</title>\n"
    );
    let opened = async {
        let _ = studio.workspace.remove(OPENING);
        write_secretly(&path, page.as_bytes())?;
        let mut browser = Command::new("xdg-open");
        browser.arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let ended = browser.process_group(0).spawn()?.wait().await?;
        if ended.success() { Ok(()) } else { Err(io::Error::other("xdg-open")) }
    };
    if opened.await.is_err() {
        print_error(Message::NotOpened.said());
        let _ = studio.workspace.remove(OPENING);
        return;
    }
    tokio::time::sleep(OPENED).await;
    studio.was_opened();
}

/// A new file that nobody else may read, not even for a moment.
#[allow(clippy::disallowed_methods, reason = "a new file with a mode of its own; `create_new` follows no link")]
fn write_secretly(path: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
}

impl Studio {
    /// The page with the token has done its work.
    pub(crate) fn was_opened(&self) {
        let _ = self.workspace.remove(OPENING);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::PassedOn;

    #[test]
    fn other_computers_need_a_token_of_ones_own() {
        let options = |address: &str, token: Option<&str>| Options {
            folder: "x".into(),
            address: address.parse().unwrap(),
            port: None,
            hosts: Vec::new(),
            token: token.map(str::to_owned),
            opens_browser: false,
            language: Default::default(),
            of_jobs: PassedOn::default(),
            max_upload: 1,
            max_running: 1,
            version: "0",
        };
        check_token(&options("127.0.0.1", None)).unwrap();
        check_token(&options("0.0.0.0", Some("0123456789abcdef"))).unwrap();
        for (address, token) in
            [("0.0.0.0", None), ("127.0.0.1", Some("short")), ("127.0.0.1", Some("0123456789 abcdef"))]
        {
            assert_eq!(check_token(&options(address, token)).unwrap_err().exit, Exit::Usage);
        }
    }
}
