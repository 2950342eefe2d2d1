//! Sizes, times and numbers: what is too large, too slow or too much is refused, and leaves nothing behind.

use std::io::Write;
use std::net::Shutdown;
use std::thread;
use std::time::{Duration, Instant};

use nnc_tests::{Sandbox, Studio, read, wait_until};
use serde_json::json;

/// Files of all uploads.
fn uploaded(sandbox: &Sandbox) -> Vec<String> {
    fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), found);
            } else if entry.file_name() != "upload.json" {
                found.push(entry.file_name().into_string().unwrap());
            }
        }
    }
    let mut found = Vec::new();
    walk(&sandbox.path("studio/.nnc-studio/uploads"), &mut found);
    found.sort();
    found
}

fn begin(studio: &Studio, kind: &str) -> String {
    let begun = studio.post("/uploads", &json!({ "kind": kind, "name": "photos" })).expect(201).json();
    begun["id"].as_str().unwrap().to_owned()
}

#[test]
fn uploads_that_are_no_pictures_are_refused() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &["--max-upload", "1M"]);
    let id = begin(&studio, "folder");
    let put = |path: &str, file: &[u8]| studio.send("PUT", &format!("/uploads/{id}/file?path={path}"), &[], file);
    for path in ["a.so", "a.so.1", "x/libnnc_plugin_evil.so", "a.exe", "a.png.so", "a.sh", "noending", "a.html"] {
        assert_eq!(put(path, b"x").status, 415, "{path}");
    }
    for program in [&b"\x7fELF\x02\x01"[..], b"MZ\x90", b"#!/bin/sh\n"] {
        let answer = put("0/a.png", program);
        assert_eq!((answer.status, answer.code()), (415, "file-type".to_owned()));
    }
    // Its beginning comes in two pieces.
    let mut stream = studio.connect();
    let head = studio.head("PUT", &format!("/uploads/{id}/file?path=0/b.png"), &["Content-Length: 8"]);
    stream.write_all(format!("{head}\r\n\x7f").as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(300));
    let _ = stream.write_all(b"ELF\x02\x01\x01\x00");
    assert_eq!(read(stream).status, 415);
    for path in ["..%2fa.png", "/a.png", "%2fa.png", "a/../b.png", "0/.hidden.png", "a%00.png", "..%5ca.png", ""] {
        assert_eq!(put(path, b"x").status, 400, "{path}");
    }
    // Whoever sends it hears why, however much it is.
    let large = vec![0; 48 << 20];
    let told = put("0/large.png", &large);
    assert_eq!((told.status, told.code()), (413, "too-large".to_owned()));
    let chunked = studio.head("PUT", &format!("/uploads/{id}/file?path=a.png"), &["Transfer-Encoding: chunked"]);
    assert_eq!(studio.raw(format!("{chunked}\r\n1\r\nx\r\n0\r\n\r\n").as_bytes()).status, 411);
    assert_eq!(uploaded(&sandbox), [""; 0]);
    let archive = studio.upload("archive", "a.zip", b"PK");
    let second = studio.send("PUT", &format!("/uploads/{archive}/file?path=b.zip"), &[], b"PK");
    assert_eq!((second.status, second.code()), (409, "one-file".to_owned()));
    let refused = studio.post("/datasets", &json!({ "name": "d", "upload": id }));
    assert_eq!(refused.status, 422, "nothing was uploaded");
    let job = studio.post("/datasets", &json!({ "name": "d", "upload": archive })).expect(202).json();
    let failed = studio.ended(&job);
    assert_eq!(failed["state"], "failed");
    assert!(failed["message"].as_str().unwrap().contains("a.zip"), "{failed}");
    assert_eq!(studio.get("/datasets/d").status, 404);
    studio.stop();
}

#[test]
fn an_upload_that_is_cancelled_leaves_nothing() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let id = begin(&studio, "folder");
    let path = format!("/uploads/{id}/file?path=0/a.png");
    for _ in 0..3 {
        let mut stream = studio.connect();
        stream
            .write_all(format!("{}Content-Length: 1000000\r\n\r\n", studio.head("PUT", &path, &[])).as_bytes())
            .unwrap();
        stream.write_all(&vec![7; 300_000]).unwrap();
        wait_until("some of it has arrived", || !uploaded(&sandbox).is_empty());
        let busy = studio.post("/datasets", &json!({ "name": "d", "upload": id }));
        assert!(matches!(busy.status, 409 | 422), "{}", busy.text());
        stream.shutdown(Shutdown::Both).unwrap();
        wait_until("nothing is left", || uploaded(&sandbox).is_empty());
    }
    studio.send("PUT", &path, &[], b"whole").expect(201);
    assert_eq!(uploaded(&sandbox), ["a.png"]);
    studio.ask("DELETE", &format!("/uploads/{id}")).expect(204);
    assert_eq!(uploaded(&sandbox), [""; 0]);
    // A studio that is killed while something arrives clears it away when it is started again.
    let id = begin(&studio, "folder");
    let mut stream = studio.connect();
    let head = studio.head("PUT", &format!("/uploads/{id}/file?path=b.png"), &[]);
    stream.write_all(format!("{head}Content-Length: 100\r\n\r\nxyz").as_bytes()).unwrap();
    wait_until("some of it has arrived", || !uploaded(&sandbox).is_empty());
    studio.running().kill();
    drop(studio);
    let studio = Studio::start(&sandbox, &[]);
    assert_eq!(uploaded(&sandbox), [""; 0]);
    studio.stop();
}

#[test]
fn a_file_is_no_folder_and_a_folder_no_file() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let id = begin(&studio, "folder");
    let put = |path: &str| studio.send("PUT", &format!("/uploads/{id}/file?path={path}"), &[], b"x");
    put("a.png").expect(201);
    put("0/b.png").expect(201);
    put("c.png/d.png").expect(201);
    for path in ["a.png/b.png", "0/b.png/c.png", "c.png"] {
        let answer = put(path);
        assert_eq!((answer.status, answer.code()), (409, "exists".to_owned()), "{path}: {}", answer.text());
    }
    assert_eq!(uploaded(&sandbox), ["a.png", "b.png", "d.png"]);
    studio.stop();
}

/// The most memory that a studio has taken, in MB.
fn peak(studio: &Studio) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", studio.running().id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    peak.unwrap().trim().parse::<u64>().unwrap() >> 10
}

/// A folder of somebody else says how its datasets were made, at a length that nobody needs.
#[test]
fn what_a_dataset_says_of_itself_needs_little_memory() {
    let sandbox = Sandbox::new();
    let large = "[],".repeat(8 << 20);
    for name in ["a", "b"] {
        sandbox.write(&format!("studio/datasets/{name}/t.csv"), "x,y\n1,0\n");
        let mark = format!(
            "{{\"files\":[{large}0],\"summary\":{{\"csvs\":[{{\"file\":\"t.csv\",\"rows\":7}}],\"notes\":[\"{}\"],\"x\":[{large}0]}}}}",
            "n".repeat(1 << 20)
        );
        sandbox.write(&format!("studio/datasets/{name}/.dataset-create.json"), mark);
    }
    let studio = Studio::start(&sandbox, &[]);
    let start = Instant::now();
    let datasets = studio.get("/datasets").expect(200).json();
    assert_eq!(datasets["datasets"][0]["tables"][0]["rows"], 7, "{datasets}");
    let one = studio.get("/datasets/a").expect(200);
    assert!(one.body.len() < 10_000, "{}", one.body.len());
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(peak(&studio) < 100, "{} MB", peak(&studio));
    studio.stop();
}

#[test]
fn large_requests_are_refused() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(2 << 20));
    for path in ["/projects", "/uploads", "/jobs", "/datasets"] {
        assert_eq!(
            studio.send("POST", path, &["Content-Type: application/json"], large.as_bytes()).status,
            413,
            "{path}"
        );
    }
    let deep = "[".repeat(100_000);
    assert_eq!(studio.send("POST", "/jobs", &["Content-Type: application/json"], deep.as_bytes()).status, 400);
    assert_eq!(studio.send("POST", "/jobs", &["Content-Type: text/html"], b"{}").status, 415);
    let long = format!("{}X-Long: {}\r\n\r\n", studio.head("GET", "/system", &[]), "x".repeat(1 << 20));
    assert!(matches!(studio.raw(long.as_bytes()).status, 431 | 400 | 0));
    let many: String = (0..1000).map(|number| format!("X-{number}: 1\r\n")).collect();
    assert!(matches!(
        studio.raw(format!("{}{many}\r\n", studio.head("GET", "/system", &[])).as_bytes()).status,
        431 | 400 | 0
    ));
    assert!(matches!(studio.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03nonsense\r\n\r\n").status, 400 | 0));
    for query in ["limit=0", "limit=501", "limit=x", "offset=-1", "offset=99999999999", "nonsense=1", "limit=1&limit=2"]
    {
        let answer = studio.get(&format!("/results/results~x/images?{query}"));
        assert!(matches!(answer.status, 400 | 404 | 422), "{query}");
    }
    studio.get("/system").expect(200);
    studio.stop();
}

#[test]
fn slow_clients_are_left_and_hold_nobody_up() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    // More than there is room for: whoever has not shown the token makes room.
    let mut slow: Vec<_> = (0..700).map(|_| studio.connect()).collect();
    for stream in &mut slow {
        // Some have been left by then.
        let _ = stream.write_all(b"GET /api/v1/system HTTP/1.1\r\nX-Slow: ");
    }
    let body = "{\"name\":";
    let mut half = studio.connect();
    let head = studio.head("POST", "/projects", &["Content-Type: application/json", "Content-Length: 100"]);
    half.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    let start = Instant::now();
    studio.get("/system").expect(200);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    // The head has to come within 15 seconds, a small body within 20.
    for stream in slow {
        assert!(matches!(read(stream).status, 0 | 408), "a slow head");
    }
    assert_eq!(read(half).status, 408);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    studio.get("/system").expect(200);
    studio.stop();
}

/// Connections that come and go without a pause neither keep the owner out nor make him wait.
#[test]
fn whoever_comes_and_goes_holds_nobody_up() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let (end, port) = (std::sync::atomic::AtomicBool::new(false), studio.port);
    let mut times: Vec<Duration> = thread::scope(|scope| {
        for kept in [0, 0, 300, 300] {
            let end = &end;
            scope.spawn(move || {
                let mut held = std::collections::VecDeque::new();
                while !end.load(std::sync::atomic::Ordering::Relaxed) {
                    held.extend(std::net::TcpStream::connect(("127.0.0.1", port)).ok());
                    if held.len() > kept {
                        held.pop_front();
                    }
                }
            });
        }
        let one = || {
            let start = Instant::now();
            studio.get("/system").expect(200);
            start.elapsed()
        };
        let times = (0..100).map(|_| one()).collect();
        end.store(true, std::sync::atomic::Ordering::Relaxed);
        times
    });
    times.sort();
    // The kernel makes whoever finds its queue full wait for a second.
    assert!(times[90] < Duration::from_millis(900), "{times:?}");
    studio.stop();
}

#[test]
fn thousands_of_requests_at_once_are_answered() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let paths = ["/system", "/jobs", "/datasets", "/projects", "/uploads", "/trash", "/results", "/datasets/none"];
    thread::scope(|scope| {
        for worker in 0..100 {
            let studio = &studio;
            scope.spawn(move || {
                for turn in 0..40 {
                    let answer = studio.get(paths[(worker + turn) % paths.len()]);
                    assert!(matches!(answer.status, 200 | 404), "{} {}", answer.status, answer.text());
                }
            });
        }
    });
    // An event stream that is let in has no end, so no more than the beginning of an answer is read.
    let events = || {
        let mut stream = studio.connect();
        stream.write_all(format!("{}\r\n", studio.head("GET", "/events", &[])).as_bytes()).unwrap();
        let mut start = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut start).unwrap();
        (stream, String::from_utf8_lossy(&start).into_owned())
    };
    let mut streams = Vec::new();
    let refused = (0..70).map(|_| events()).find_map(|(stream, start)| match start.as_str() {
        "HTTP/1.1 200" => {
            streams.push(stream);
            None
        }
        _ => Some(start),
    });
    assert_eq!((streams.len(), refused.as_deref()), (64, Some("HTTP/1.1 429")));
    drop(streams);
    wait_until("there is room again", || events().1 == "HTTP/1.1 200");
    studio.stop();
}

#[test]
fn a_large_upload_needs_little_memory() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let id = begin(&studio, "archive");
    let mut stream = studio.connect();
    let size: u64 = 256 << 20;
    let head = studio.head("PUT", &format!("/uploads/{id}/file?path=large.zip"), &[&format!("Content-Length: {size}")]);
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    let piece = vec![1; 1 << 20];
    for _ in 0..size >> 20 {
        stream.write_all(&piece).unwrap();
    }
    let stored = read(stream).expect(201).json();
    assert_eq!(stored["bytes"], size);
    assert!(peak(&studio) < 100, "{} MB", peak(&studio));
    studio.stop();
}
