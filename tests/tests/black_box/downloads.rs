//! `weights fetch` over HTTP, from a server on this machine that behaves as badly as real ones do.

use nnc_tests::{Outcome, Reply, Request, Sandbox, Server, Then, finish};

const NAME: &str = "resnet50";
const FILE: &str = "resnet50_c1.nnp";
const TAG: &str = "ETag: \"v1\"";

/// What the server has: like an archive at its beginning, without a pattern, longer than any buffer.
fn content() -> Vec<u8> {
    let mut state = 7_u32;
    let noise = (0..300_000).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    b"PK\x03\x04".iter().copied().chain(noise).collect()
}

/// The rest of the file that a request asks for.
fn rest(request: &Request) -> Reply {
    let content = content();
    let range = request.headers["range"].strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap();
    let start: usize = range.parse().unwrap();
    let (last, all) = (content.len() - 1, content.len());
    Reply::new("206 Partial Content", &content[start..]).header(&format!("Content-Range: bytes {start}-{last}/{all}"))
}

/// Fetches `name` from an address into `weights`.
fn fetch(sandbox: &Sandbox, name: &str, address: &str, more: &[&str]) -> Outcome {
    let arguments = ["weights", "fetch", name, "--weights-dir", "weights", "--url", address];
    finish(sandbox.command(&[&arguments, more].concat()))
}

#[track_caller]
fn assert_fetched(sandbox: &Sandbox, outcome: Outcome) {
    let outcome = outcome.expect(0);
    assert!(outcome.stdout.contains(&format!("weights/{FILE}: verified")), "{outcome}");
    assert!(outcome.stderr.is_empty(), "{outcome}");
    assert_eq!(sandbox.names("weights"), [FILE.to_owned(), format!("{FILE}.sha256")]);
    assert!(sandbox.bytes(&format!("weights/{FILE}")) == content());
}

/// One line on standard error with all `parts`, and nothing left in the weights folder but `left`.
#[track_caller]
fn assert_refused(sandbox: &Sandbox, outcome: Outcome, parts: &[&str], left: &[&str]) {
    let outcome = outcome.expect(1);
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    outcome.complains(&[&["error: cannot fetch "], parts].concat());
    assert_eq!(sandbox.names("weights"), left);
}

#[test]
fn a_file_is_fetched_once_noted_and_watched_from_then_on() {
    let server = Server::start(|_, _| Reply::new("200 OK", &content()).header(TAG));
    let sandbox = Sandbox::new();
    let outcome = fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]);
    assert!(
        outcome.stdout.contains("licence as its record says, from https://zenodo.org/records/16961278"),
        "{outcome}"
    );
    assert_fetched(&sandbox, outcome);
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
    assert_eq!(server.requests().len(), 1, "what is there is not fetched again");
    let verify = || sandbox.host(&["weights", "verify", "--weights-dir", "weights"]);
    assert!(verify().expect(0).stdout.contains("resnet50: intact"));
    sandbox.write(&format!("weights/{FILE}"), "PK other");
    assert!(verify().expect(1).stdout.contains("is damaged or not resnet50: its SHA-256 is"));
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
}

#[test]
fn a_mirror_stands_for_all_addresses() {
    let server = Server::start(|_, _| Reply::new("200 OK", &content()));
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(&["weights", "fetch", NAME, "--weights-dir", "weights"]);
    command.env("NNC_HOST_WEIGHTS_MIRROR", server.url("/mirror/"));
    assert_fetched(&sandbox, finish(command));
    assert_eq!(server.requests()[0].path, format!("/mirror/{FILE}"));
}

#[test]
fn a_file_that_was_copied_by_hand_is_taken_as_it_is_and_noted_on_request() {
    let sandbox = Sandbox::new();
    sandbox.write(&format!("weights/{FILE}"), content());
    let verify = sandbox.host(&["weights", "verify", "--weights-dir", "weights"]).expect(0);
    assert!(verify.stdout.contains("no complete hash is known to compare it with"), "{verify}");
    // The address is not asked: there is nothing there.
    assert_fetched(&sandbox, fetch(&sandbox, NAME, "http://127.0.0.1:9/a.nnp", &[]));
}

#[test]
fn a_transfer_that_breaks_off_goes_on_where_it_stopped() {
    let server = Server::start(|request, number| match number {
        0 => Reply::new("200 OK", &content()).header(TAG).cut(100_000, Then::Close),
        1 => rest(request).cut(50_000, Then::Close),
        _ => rest(request),
    });
    let sandbox = Sandbox::new();
    let outcome = fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]);
    assert!(outcome.stdout.contains("trying again in 0.5 s (1 of 5)"), "{outcome}");
    assert_fetched(&sandbox, outcome);
    let requests = server.requests();
    assert!(!requests[0].headers.contains_key("range"));
    assert_eq!(requests[1].headers["range"], "bytes=100000-");
    assert_eq!(requests[2].headers["range"], "bytes=150000-");
    assert_eq!(requests[2].headers["if-range"], "\"v1\"");
}

#[test]
fn the_next_run_goes_on_where_the_last_one_gave_up() {
    let server = Server::start(|request, number| match number {
        0 => Reply::new("200 OK", &content()).header(TAG).cut(200_000, Then::Close),
        _ => rest(request),
    });
    let sandbox = Sandbox::new();
    let address = server.url("/a.nnp");
    assert_refused(
        &sandbox,
        fetch(&sandbox, NAME, &address, &["--retries", "0"]),
        &["after 1 tries; run this again to continue from 0.2 MB"],
        &[&format!("{FILE}.part"), &format!("{FILE}.part.of")],
    );
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &address, &[]));
    assert_eq!(server.requests()[1].headers["range"], "bytes=200000-");
    // What was left of another address is of no use.
    std::fs::remove_dir_all(sandbox.path("weights")).unwrap();
    sandbox.write(&format!("weights/{FILE}.part"), &content()[..1000]);
    sandbox.write(&format!("weights/{FILE}.part.of"), "http://elsewhere/a.nnp\n\"v1\"");
    let server = Server::start(|_, _| Reply::new("200 OK", &content()));
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
    assert!(!server.requests()[0].headers.contains_key("range"));
}

#[test]
fn servers_that_cannot_start_in_the_middle_send_it_all() {
    for head in ["200 OK", "416 Range Not Satisfiable"] {
        // Without ranges at all, or with another version of the file by now.
        let server = Server::start(move |_, number| match number {
            0 => Reply::new("200 OK", &content()).header(TAG).cut(100_000, Then::Close),
            1 if head.starts_with("416") => Reply::new(head, b""),
            _ => Reply::new("200 OK", &content()).header("ETag: \"v2\""),
        });
        let sandbox = Sandbox::new();
        assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
    }
    // Without a tag there is no telling whether the rest belongs to the beginning.
    let server = Server::start(|_, number| match number {
        0 => Reply::new("200 OK", &content()).cut(100_000, Then::Close),
        _ => Reply::new("200 OK", &content()),
    });
    let sandbox = Sandbox::new();
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
    assert!(!server.requests()[1].headers.contains_key("range"));
}

#[test]
fn trouble_that_passes_is_waited_for() {
    let server = Server::start(|_, number| match number {
        0 => Reply::new("500 Internal Server Error", b"oops"),
        1 => Reply::new("503 Service Unavailable", b"").header("Retry-After: 0"),
        2 => Reply::new("302 Found", b"").header("Location: /moved/a.nnp"),
        _ => Reply::new("200 OK", &content()),
    });
    let sandbox = Sandbox::new();
    let outcome = fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]);
    assert!(
        outcome.stdout.contains("the server answers 500 Internal Server Error; trying again in 0.5 s"),
        "{outcome}"
    );
    assert!(outcome.stdout.contains("trying again in 0.0 s (2 of 5)"), "{outcome}");
    assert_fetched(&sandbox, outcome);
    assert_eq!(server.requests().last().unwrap().path, "/moved/a.nnp");
}

#[test]
fn trouble_that_stays_is_told_in_one_line_and_leaves_nothing() {
    let limits = ["--retries", "0", "--timeout", "1"];
    let long =
        |head: &str| Reply { head: vec!["HTTP/1.1 200 OK".into(), head.into()], ..Reply::new("", b"PK\x03\x04") };
    for (reply, parts) in [
        (Reply::new("404 Not Found", b""), &["the server answers 404 Not Found", "--url", "by hand"][..]),
        (Reply::new("403 Forbidden", b""), &["the server answers 403 Forbidden"]),
        (Reply::new("500 Internal Server Error", b""), &["500 Internal Server Error, after 1 tries", "by hand"]),
        (Reply::new("302 Found", b"").header("Location: /again"), &["redirect"]),
        (
            Reply::new("200 OK", b"<html>sign in</html>").header("Content-Type: text/html; charset=utf-8"),
            &["a web page instead of the file"],
        ),
        (Reply::new("200 OK", b"sign in"), &["what arrived is not a .nnp file; nothing was kept"]),
        (Reply::new("200 OK", b""), &["what arrived is not a .nnp file; nothing was kept"]),
        (Reply::new("200 OK", &content()).cut(70_000, Then::Close), &["after 1 tries"]),
        (
            Reply::new("200 OK", &content()).cut(70_000, Then::Stall),
            &["the server sent no data for 1 s, after 1 tries"],
        ),
        (Reply { head: vec![], ..Reply::new("", b"").cut(0, Then::Stall) }, &["after 1 tries"]),
        (long("Content-Length: 99999999999"), &["announces more than 204000000 bytes"]),
        (Reply { head: vec!["nonsense".into()], ..Reply::new("", b"nonsense") }, &["error"]),
    ] {
        let shown = format!("{:?}", reply.head);
        let server = Server::start(move |_, _| reply.clone());
        let sandbox = Sandbox::new();
        println!("{shown}");
        assert_refused(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &limits), parts, &[]);
    }
    // Where the size is known to the byte, and where a part of the hash is.
    let sandbox = Sandbox::new();
    let server = Server::start(|_, _| Reply::endless(&content()));
    let outcome = fetch(&sandbox, "efficientnet_lite0", &server.url("/a.pth"), &limits);
    assert_refused(&sandbox, outcome, &["sends more than 18826032 bytes"], &[]);
    let server = Server::start(|_, _| Reply::new("200 OK", &content()));
    let outcome = fetch(&sandbox, "efficientnet_lite0", &server.url("/a.pth"), &limits);
    assert_refused(&sandbox, outcome, &["announces 300004 bytes, expected 18826032"], &[]);
    let outcome = fetch(&sandbox, "resnet18", &server.url("/a.pth"), &limits);
    assert_refused(&sandbox, outcome, &["has SHA-256", "expected f37072fd…; nothing was kept"], &[]);
    let gone = server.url("/a.pth");
    drop(server);
    assert_refused(&sandbox, fetch(&sandbox, NAME, &gone, &limits), &["after 1 tries"], &[]);
    assert_refused(&sandbox, fetch(&sandbox, NAME, "nonsense", &limits), &["nonsense"], &[]);
}

#[test]
fn a_file_that_is_there_outlives_a_download_that_fails() {
    let server = Server::start(|_, _| Reply::new("404 Not Found", b""));
    let sandbox = Sandbox::new();
    sandbox.write("weights/resnet18-f37072fd.pth", "PK own");
    let outcome = fetch(&sandbox, "resnet18", &server.url("/a.pth"), &[]);
    assert_refused(&sandbox, outcome, &["404"], &["resnet18-f37072fd.pth"]);
    assert_eq!(sandbox.text("weights/resnet18-f37072fd.pth"), "PK own");
}
