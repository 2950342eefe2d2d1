//! `weights fetch` over HTTP, from a server on this machine that behaves as badly as real ones do.

use std::sync::LazyLock;

use nnc_tests::{Outcome, Reply, Request, Sandbox, Server, Then, finish};

const NAME: &str = "resnet50";
const FILE: &str = "resnet50_c1.nnp";
const TAG: &str = "ETag: \"v1\"";

/// What the server has: like an archive at its beginning, without a pattern, of about the size of the real one.
fn content() -> &'static [u8] {
    static CONTENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut state = 7_u64;
        let noise = (0..12_000_000).flat_map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()
        });
        b"PK\x03\x04".iter().copied().chain(noise).collect()
    });
    &CONTENT
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
    let arguments = ["weights", "fetch", name, "--weights-dir", "weights", "--allow-http", "--url", address];
    finish(sandbox.command(&[&arguments, more].concat()))
}

#[track_caller]
fn assert_fetched(sandbox: &Sandbox, outcome: Outcome) {
    let outcome = outcome.expect(0);
    // Nothing is published here to compare the file with, and whoever stands on the way could have sent it.
    assert!(outcome.stdout.contains("not verified: nothing") && !outcome.stdout.contains(": verified"), "{outcome}");
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
    let server = Server::start(|_, _| Reply::new("200 OK", content()).header(TAG));
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
    assert!(verify().expect(0).stdout.contains("resnet50: unchanged since it was fetched, not verified"));
    let mut other = content().to_vec();
    other[1_000] ^= 1;
    sandbox.write(&format!("weights/{FILE}"), &other);
    assert!(verify().expect(1).stdout.contains("is damaged or not resnet50: its SHA-256 is"));
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
    // What cannot be it is not taken for it, whatever is noted.
    std::fs::remove_file(sandbox.path(&format!("weights/{FILE}.sha256"))).unwrap();
    sandbox.write(&format!("weights/{FILE}"), "PK other");
    assert!(verify().expect(1).stdout.contains("is not resnet50: it has 8 bytes, expected 91800000 to 112200000"));
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
}

#[test]
fn a_mirror_stands_for_all_addresses() {
    let server = Server::start(|_, _| Reply::new("200 OK", content()));
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(&["weights", "fetch", NAME, "--weights-dir", "weights", "--allow-http"]);
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
        0 => Reply::new("200 OK", content()).header(TAG).cut(100_000, Then::Close),
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
        0 => Reply::new("200 OK", content()).header(TAG).cut(200_000, Then::Close),
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
    let server = Server::start(|_, _| Reply::new("200 OK", content()));
    assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
    assert!(!server.requests()[0].headers.contains_key("range"));
}

#[test]
fn servers_that_cannot_start_in_the_middle_send_it_all() {
    for head in ["200 OK", "416 Range Not Satisfiable"] {
        // Without ranges at all, or with another version of the file by now.
        let server = Server::start(move |_, number| match number {
            0 => Reply::new("200 OK", content()).header(TAG).cut(100_000, Then::Close),
            1 if head.starts_with("416") => Reply::new(head, b""),
            _ => Reply::new("200 OK", content()).header("ETag: \"v2\""),
        });
        let sandbox = Sandbox::new();
        assert_fetched(&sandbox, fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]));
    }
    // Without a tag there is no telling whether the rest belongs to the beginning.
    let server = Server::start(|_, number| match number {
        0 => Reply::new("200 OK", content()).cut(100_000, Then::Close),
        _ => Reply::new("200 OK", content()),
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
        _ => Reply::new("200 OK", content()),
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
        (Reply::new("200 OK", content()).cut(70_000, Then::Close), &["after 1 tries"]),
        (Reply::new("200 OK", content()).cut(70_000, Then::Stall), &["the server sent no data for 1 s, after 1 tries"]),
        (Reply { head: vec![], ..Reply::new("", b"").cut(0, Then::Stall) }, &["after 1 tries"]),
        (long("Content-Length: 99999999999"), &["announces more than 112200000 bytes"]),
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
    let server = Server::start(|_, _| Reply::endless(content()));
    let outcome = fetch(&sandbox, "efficientnet_lite0", &server.url("/a.pth"), &limits);
    assert_refused(&sandbox, outcome, &["sends more than 18826032 bytes"], &[]);
    let server = Server::start(|_, _| Reply::new("200 OK", content()));
    let outcome = fetch(&sandbox, "efficientnet_lite0", &server.url("/a.pth"), &limits);
    assert_refused(&sandbox, outcome, &["announces 96000004 bytes, expected 18826032"], &[]);
    let server = Server::start(|_, _| Reply::new("200 OK", &content()[..46_830_571]));
    let outcome = fetch(&sandbox, "resnet18", &server.url("/a.pth"), &limits);
    assert_refused(&sandbox, outcome, &["has SHA-256", "expected f37072fd47e8", "nothing was kept"], &[]);
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

#[test]
fn an_address_without_encryption_is_asked_only_on_request() {
    let server = Server::start(|_, _| Reply::new("200 OK", content()));
    let sandbox = Sandbox::new();
    let address = server.url("/a.nnp");
    let outcome = sandbox.host(&["weights", "fetch", NAME, "--weights-dir", "weights", "--url", &address]);
    assert_refused(&sandbox, outcome, &["not encrypted", "--allow-http"], &[]);
    let mut command = sandbox.command(&["weights", "fetch", NAME, "--weights-dir", "weights"]);
    command.env("NNC_HOST_WEIGHTS_MIRROR", server.url("/mirror"));
    assert_refused(&sandbox, finish(command), &["not encrypted", "--allow-http"], &[]);
    assert!(server.requests().is_empty());
}

#[test]
fn a_server_leads_to_no_file_of_this_machine() {
    let server = Server::start(|_, _| Reply::new("302 Found", b"").header("Location: file:///etc/passwd"));
    let sandbox = Sandbox::new();
    // As a path of that server, which leads to the same place again.
    let outcome = fetch(&sandbox, NAME, &server.url("/a.nnp"), &["--retries", "0"]);
    assert_refused(&sandbox, outcome, &["too many redirects"], &[]);
    let outcome = fetch(&sandbox, NAME, "file:///etc/passwd", &["--retries", "0"]);
    assert_refused(&sandbox, outcome, &["file"], &[]);
}

#[test]
fn a_file_of_another_size_is_no_backbone() {
    let server =
        Server::start(|_, _| Reply { head: vec!["HTTP/1.1 200 OK".into()], ..Reply::new("", &content()[..62]) });
    let sandbox = Sandbox::new();
    let outcome = fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]);
    assert_refused(&sandbox, outcome, &["has 62 bytes, expected 91800000 to 112200000"], &[]);
}

#[test]
fn a_server_that_never_comes_to_an_end_is_left() {
    // Some more each time, and then the beginning again: what arrives does not renew the tries.
    let server = Server::start(|request, _| match request.headers.contains_key("range") {
        true => Reply::new("416 Range Not Satisfiable", b""),
        false => Reply::new("200 OK", content()).header(TAG).cut(5 << 20, Then::Close),
    });
    let sandbox = Sandbox::new();
    let outcome = fetch(&sandbox, NAME, &server.url("/a.nnp"), &["--retries", "3"]).expect(1);
    assert_eq!(server.requests().len(), 4);
    outcome.complains(&["after 4 tries"]);
    // Never silent, and never done.
    let server = Server::start(|_, _| Reply::new("200 OK", content()).header(TAG).cut(10, Then::Drip));
    let sandbox = Sandbox::new();
    let start = std::time::Instant::now();
    let outcome = fetch(&sandbox, NAME, &server.url("/a.nnp"), &["--retries", "1", "--timeout", "2"]).expect(1);
    assert!(start.elapsed().as_secs() < 30);
    outcome.complains(&["less than 1000 bytes a second over 2 s"]);
}

#[test]
fn nothing_is_written_through_a_link_in_the_place_of_a_part() {
    let server = Server::start(|_, _| Reply::new("200 OK", content()).header(TAG));
    let sandbox = Sandbox::new();
    sandbox.write("thesis", "mine");
    sandbox.write("weights/keep", "");
    for name in [format!("{FILE}.part"), format!("{FILE}.part.of"), format!("{FILE}.sha256")] {
        std::os::unix::fs::symlink(sandbox.path("thesis"), sandbox.path("weights").join(name)).unwrap();
    }
    fetch(&sandbox, NAME, &server.url("/a.nnp"), &[]).expect(0);
    assert_eq!(sandbox.text("thesis"), "mine");
    let found = sandbox.path("weights").join(FILE).symlink_metadata().unwrap();
    assert!(found.is_file() && found.len() == content().len() as u64);
}

#[test]
fn a_proxy_that_does_not_answer_is_named() {
    let sandbox = Sandbox::new();
    for (proxy, address) in
        [("HTTP_PROXY", "http://weights.invalid/a.nnp"), ("HTTPS_PROXY", "https://weights.invalid/a.nnp")]
    {
        let arguments = ["weights", "fetch", NAME, "--weights-dir", "weights", "--allow-http", "--retries", "0"];
        let mut command = sandbox.command(&[&arguments[..], &["--url", address]].concat());
        command.env(proxy, "http://user:secret@127.0.0.1:9");
        let outcome = finish(command);
        assert!(!outcome.stderr.contains("secret"), "{outcome}");
        assert_refused(&sandbox, outcome, &["the proxy 127.0.0.1:9 does not answer", proxy], &[]);
    }
}
