//! A web server that answers as a test tells it to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

/// What a client asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Path, or whole address where the client takes the server for a proxy.
    pub path: String,
    /// Headers with names in lower case.
    pub headers: HashMap<String, String>,
}

/// An answer, byte for byte.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status line and headers, each line without its end.
    pub head: Vec<String>,
    /// What follows, which may be less than the head promises.
    pub body: Vec<u8>,
    /// What happens then.
    pub then: Then,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The connection is closed.
    Close,
    /// Nothing more comes, and the connection stays.
    Stall,
    /// The body comes again and again until the client has had enough.
    Repeat,
    /// A byte comes now and then.
    Drip,
}

impl Reply {
    /// Status such as `200 OK` and a body of the length that is announced.
    pub fn new(status: &str, body: &[u8]) -> Self {
        let head = vec![format!("HTTP/1.1 {status}"), format!("Content-Length: {}", body.len())];
        Self { head, body: body.to_vec(), then: Then::Close }
    }

    /// Without a length: the body ends with the connection.
    pub fn endless(body: &[u8]) -> Self {
        Self { head: vec!["HTTP/1.1 200 OK".into()], body: body.to_vec(), then: Then::Repeat }
    }

    /// Adds a header.
    pub fn header(mut self, line: &str) -> Self {
        self.head.push(line.to_owned());
        self
    }

    /// Sends no more than the first `count` bytes of the body.
    pub fn cut(mut self, count: usize, then: Then) -> Self {
        self.body.truncate(count);
        self.then = then;
        self
    }
}

/// A server on this machine, stopped when it is dropped.
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers every request with what `answer` makes of it and of its number, counted from 0.
    pub fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, stopped) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let thread = {
            let (requests, stopped, answer) = (requests.clone(), stopped.clone(), Arc::new(answer));
            spawn(move || {
                for stream in listener.incoming().flatten() {
                    if stopped.load(Ordering::Relaxed) {
                        break;
                    }
                    let (requests, stopped, answer) = (requests.clone(), stopped.clone(), answer.clone());
                    spawn(move || serve(stream, &requests, &stopped, &*answer));
                }
            })
        };
        Self { address, requests, stopped, thread: Some(thread) }
    }

    /// The address of `path`, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One connection, one request. A client that goes away in between is none of the server's business.
fn serve(
    stream: TcpStream,
    requests: &Mutex<Vec<Request>>,
    stopped: &AtomicBool,
    answer: &(dyn Fn(&Request, usize) -> Reply + Send + Sync),
) {
    let mut reader = BufReader::new(stream);
    let Some(request) = read(&mut reader) else { return };
    let number = {
        let mut requests = requests.lock().unwrap();
        requests.push(request.clone());
        requests.len() - 1
    };
    let reply = answer(&request, number);
    let stream = reader.get_mut();
    let head = reply.head.join("\r\n") + "\r\nConnection: close\r\n\r\n";
    let mut sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&reply.body));
    while sent.is_ok() && !stopped.load(Ordering::Relaxed) {
        match reply.then {
            Then::Close => break,
            Then::Repeat => sent = stream.write_all(&reply.body),
            Then::Stall => sleep(Duration::from_millis(20)),
            Then::Drip => {
                sleep(Duration::from_millis(50));
                sent = stream.write_all(&[0]);
            }
        }
    }
    // A connection that is closed with bytes unread is reset, and the client would not see the end of the answer.
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let _ = std::io::copy(&mut reader.take(1 << 16), &mut std::io::sink());
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    Some(Request { path, headers })
}
