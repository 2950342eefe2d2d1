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
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Sleep;

use super::crowd::Crowd;

/// How long the head of a request may take, and how long a connection may lie idle.
const HEAD: Duration = Duration::from_secs(15);
/// How long a client may take nothing of its answer.
const STALL: Duration = Duration::from_secs(60);
/// The most bytes of a head.
const HEAD_BYTES: usize = 32 << 10;
const HEADERS: usize = 64;
/// Connections that the kernel holds until they are accepted, as far as the system lets it, and those that wait here.
const QUEUE: u32 = 4096;
const ACCEPTED: usize = 1024;
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
    let crowd = Arc::new(Crowd::default());
    let (sender, mut accepted) = mpsc::channel(ACCEPTED);
    let begun = listener.into_std().and_then(|listener| {
        listener.set_nonblocking(false)?;
        std::thread::Builder::new().spawn(move || accept(&listener, &sender))
    });
    if begun.is_err() {
        return;
    }
    for place in 0.. {
        let Some((stream, peer)) = accepted.recv().await else { return };
        let Ok(stream) = TcpStream::from_std(stream) else { continue };
        if !crowd.has_room(peer) {
            continue;
        }
        let inside = crowd.enter(place, peer);
        let (answering, known) = (TowerToHyperService::new(router.clone()), inside.known.clone());
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
        crowd.attach(place, task.abort_handle());
    }
}

/// Takes every connection, on a thread of its own, beside which no request runs.
fn accept(listener: &std::net::TcpListener, to: &mpsc::Sender<(std::net::TcpStream, IpAddr)>) {
    loop {
        match listener.accept() {
            // Those that find no place any more are closed.
            Ok((stream, peer)) if stream.set_nonblocking(true).is_ok() => match to.try_send((stream, peer.ip())) {
                Err(TrySendError::Closed(_)) => return,
                Ok(()) | Err(TrySendError::Full(_)) => {}
            },
            Ok(_) => {}
            Err(_) => std::thread::sleep(PAUSE),
        }
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
