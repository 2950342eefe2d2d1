//! Connections: as many as there is room for, and none that only keeps its place. A client that sends its head too slowly, or
//! takes nothing of its answer, is left. Whatever others do, a connection is accepted at once: where the kernel's queue is full it drops the
//! next one, which then comes again only after a second.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Sleep;

use super::crowd::Crowd;

/// How long the head of a request may take, and how long a connection may lie idle.
const HEAD: Duration = Duration::from_secs(15);
/// How long a client may take nothing of its answer.
const STALL: Duration = Duration::from_secs(60);
/// The most bytes of a head.
const HEAD_BYTES: usize = 32 << 10;
const HEADERS: usize = 64;
/// Connections at once. A browser has six; a script may have many.
const CONNECTIONS: usize = 512;
/// Those that have not said anything.
const SILENT: usize = 1024;
/// Connections that the kernel holds until they are accepted, as far as the system lets it, and those that wait here.
const QUEUE: u32 = 4096;
const ACCEPTED: usize = 512;
/// After an error of the system, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// A socket that listens.
pub(crate) fn bound(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port of a studio that has just ended is free.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// Serves what connects, until the future that this runs in is dropped.
pub(crate) async fn listen(listener: TcpListener, router: Router) {
    let hall = Arc::new(Hall { inside: Crowd::of(CONNECTIONS), silent: Crowd::of(SILENT), router });
    let (to_serve, mut spoken) = mpsc::channel(ACCEPTED);
    let (to_wait, mut silent) = mpsc::channel(ACCEPTED);
    let begun = listener.into_std().and_then(|listener| {
        listener.set_nonblocking(false)?;
        std::thread::Builder::new().spawn(move || accept(&listener, &to_serve, &to_wait))
    });
    if begun.is_err() {
        return;
    }
    for place in 0.. {
        tokio::select! {
            biased;
            Some((stream, peer)) = spoken.recv() => hall.serve(place, peer, stream),
            Some((stream, peer)) = silent.recv() => hall.wait(place, peer, stream),
            else => return,
        }
    }
}

/// Takes every connection, on a thread of its own, beside which no request runs. Who has something to say is told from who has not, and
/// who has gone again costs nothing more.
fn accept(listener: &std::net::TcpListener, to_serve: &mpsc::Sender<Accepted>, to_wait: &mpsc::Sender<Accepted>) {
    while !to_serve.is_closed() {
        let Ok((stream, peer)) = listener.accept() else {
            std::thread::sleep(PAUSE);
            continue;
        };
        if stream.set_nonblocking(true).is_err() {
            continue;
        }
        // Those that find no place any more are closed.
        let _ = match stream.peek(&mut [0]) {
            Ok(0) => continue,
            Ok(_) => to_serve.try_send((stream, peer.ip())),
            Err(_) => to_wait.try_send((stream, peer.ip())),
        };
    }
}

type Accepted = (std::net::TcpStream, IpAddr);

/// Where connections are.
struct Hall {
    inside: Arc<Crowd>,
    /// Those that have not said anything: they come and go without anybody inside having to make room.
    silent: Arc<Crowd>,
    router: Router,
}

impl Hall {
    fn wait(self: &Arc<Self>, place: u64, peer: IpAddr, stream: std::net::TcpStream) {
        let Ok(stream) = TcpStream::from_std(stream) else { return };
        if !self.silent.has_room(peer) {
            return;
        }
        let waiting = self.silent.enter(place, peer);
        let hall = Arc::clone(self);
        let task = tokio::spawn(async move {
            let spoke = tokio::time::timeout(HEAD, stream.peek(&mut [0])).await;
            drop(waiting);
            if let (Ok(Ok(1..)), Ok(stream)) = (spoke, stream.into_std()) {
                hall.serve(place, peer, stream);
            }
        });
        self.silent.attach(place, task.abort_handle());
    }

    fn serve(&self, place: u64, peer: IpAddr, stream: std::net::TcpStream) {
        let Ok(stream) = TcpStream::from_std(stream) else { return };
        if !self.inside.has_room(peer) {
            return;
        }
        let inside = self.inside.enter(place, peer);
        let (answering, known) = (TowerToHyperService::new(self.router.clone()), inside.known.clone());
        let service = service_fn(move |mut request| {
            request.extensions_mut().insert(known.clone());
            answering.call(request)
        });
        let task = tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES).max_headers(HEADERS);
            // A client that goes away is no error of ours.
            let _ = http.serve_connection(TokioIo::new(Patient::new(stream)), service).await;
            drop(inside);
        });
        self.inside.attach(place, task.abort_handle());
    }
}

/// A connection whose other end has to take what it asked for.
struct Patient {
    stream: TcpStream,
    /// Runs while nothing is taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(stream: TcpStream) -> Self {
        Self { stream, stalled: None }
    }

    fn watch<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.stalled = None;
            return polled;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALL)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
