//! A studio under test, and HTTP spoken by hand: what a browser would never send has to be sent too.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::Running;
use crate::sandbox::Sandbox;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a job may take.
const JOB: Duration = Duration::from_secs(280);

/// A studio that runs in a folder of its sandbox; stopped when it is dropped.
pub struct Studio {
    running: Running,
    /// The port it listens on.
    pub port: u16,
    /// What lets in.
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The number of the status line; 0 where the connection was closed without one.
    pub status: u16,
    /// Headers with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body, without what frames it.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Fails the test unless this is the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The short name of a refusal.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Studio {
    /// Starts one in the folder `studio` of a sandbox.
    pub fn start(sandbox: &Sandbox, more: &[&str]) -> Self {
        let arguments = [&["studio", "studio", "--no-open", "--port", "0"], more].concat();
        let running = sandbox.start(&arguments);
        running.wait_for_output("#token=");
        let said = running.said();
        let url = said.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        let (address, token) = url.split_once("/sign-in#token=").unwrap();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        Self { running, port, token: token.to_owned() }
    }

    /// The process.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Ends it as Ctrl-C does, and waits for that.
    pub fn stop(self) {
        self.running.interrupt();
        self.running.wait(Duration::from_secs(20)).expect(0);
    }

    /// Sends bytes and reads what comes back until the connection ends.
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // One that is refused early is closed while it is still sent.
        let _ = stream.write_all(bytes);
        read(stream)
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// The head of a request of somebody who has the token.
    pub fn head(&self, method: &str, path: &str, headers: &[&str]) -> String {
        let mut head =
            format!("{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n", self.port);
        head += &format!("Authorization: Bearer {}\r\n", self.token);
        for header in headers {
            head += &format!("{header}\r\n");
        }
        head
    }

    /// A request without a body.
    pub fn ask(&self, method: &str, path: &str) -> Answer {
        self.raw(format!("{}Content-Length: 0\r\n\r\n", self.head(method, path, &[])).as_bytes())
    }

    /// What there is at a path.
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path)
    }

    /// A request with a body.
    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        let head = format!("{}Content-Length: {}\r\n\r\n", self.head(method, path, headers), body.len());
        self.raw(&[head.as_bytes(), body].concat())
    }

    /// A request in JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &["Content-Type: application/json"], body.to_string().as_bytes())
    }

    /// Uploads one file and returns the id of the upload.
    pub fn upload(&self, kind: &str, name: &str, file: &[u8]) -> String {
        let begun = self.post("/uploads", &serde_json::json!({ "kind": kind, "name": name })).expect(201).json();
        let id = begun["id"].as_str().unwrap().to_owned();
        self.send("PUT", &format!("/uploads/{id}/file?path={name}"), &[], file).expect(201);
        id
    }

    /// Waits until a job has ended and returns it.
    pub fn ended(&self, job: &Value) -> Value {
        let id = job["id"].as_str().unwrap_or_else(|| panic!("no job: {job}"));
        let start = Instant::now();
        loop {
            let job = self.get(&format!("/jobs/{id}")).expect(200).json();
            if !matches!(job["state"].as_str(), Some("queued" | "running" | "stopping")) {
                return job;
            }
            assert!(start.elapsed() < JOB, "{job}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits for a job that has to succeed.
    #[track_caller]
    pub fn finished(&self, job: &Value) -> Value {
        let job = self.ended(job);
        assert_eq!(
            job["state"],
            "finished",
            "{job}\n{}",
            self.get(&format!("/jobs/{}/log", job["id"].as_str().unwrap())).text()
        );
        job
    }
}

/// Reads an answer to its end.
pub fn read(stream: TcpStream) -> Answer {
    let mut reader = BufReader::new(&stream);
    let mut line = String::new();
    let _ = reader.read_line(&mut line);
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut headers = HashMap::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            headers.insert(name.to_lowercase(), value.to_owned());
        }
    }
    let mut body = Vec::new();
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        chunks(&mut reader, &mut body);
    } else if let Some(length) = headers.get("content-length").and_then(|length| length.parse().ok()) {
        let _ = reader.take(length).read_to_end(&mut body);
    } else {
        let _ = reader.read_to_end(&mut body);
    }
    let _ = stream.shutdown(Shutdown::Both);
    Answer { status, headers, body }
}

fn chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) {
    loop {
        let mut line = String::new();
        let _ = reader.read_line(&mut line);
        let length = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
        if length == 0 {
            return;
        }
        let _ = reader.take(length).read_to_end(body);
        let _ = reader.read_line(&mut line);
    }
}
