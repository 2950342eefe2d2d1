//! Who may not come in, and what nobody gets: pages of the web, other users, files outside of the folder.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};

use nnc_tests::{Sandbox, Studio};
use serde_json::json;

use super::with_project;

/// A request with these header lines and nothing else.
fn raw(studio: &Studio, line: &str, headers: &[&str]) -> nnc_tests::Answer {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    studio.raw(format!("{line} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").as_bytes())
}

#[test]
fn only_who_has_the_token_comes_in() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let host = format!("Host: 127.0.0.1:{}", studio.port);
    for headers in [
        vec![],
        vec!["Authorization: Bearer wrong".to_owned()],
        vec![format!("Authorization: Basic {}", studio.token)],
        vec!["X-NNC-Studio: 1".to_owned()],
        vec!["X-NNC-Studio:".to_owned()],
        vec![format!("X-NNC-Studio: {}", studio.token)],
    ] {
        let headers: Vec<&str> = headers.iter().map(String::as_str).chain([host.as_str()]).collect();
        for path in ["/api/v1/system", "/api/v1/openapi.json", "/api/v1/events", "/api/v1/results"] {
            let answer = raw(&studio, &format!("GET {path}"), &headers);
            assert_eq!((answer.status, answer.code()), (401, "not-signed-in".to_owned()), "{path} {headers:?}");
        }
    }
    let page = raw(&studio, "GET /", &[&host]).expect(200);
    assert!(page.headers["content-security-policy"].starts_with("default-src 'none'; script-src 'self';"));
    assert!(!page.text().contains(sandbox.path("studio").to_str().unwrap()), "pages hold no data: {}", page.text());

    let session = sign_in(&studio);
    assert!(session.len() >= 48 && session != studio.token);
    let session = format!("X-NNC-Studio: {session}");
    let system = raw(&studio, "GET /api/v1/system", &[&host, &session]).expect(200);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(system.headers[name], value);
    }
    assert_eq!(raw(&studio, "POST /api/v1/projects", &[&host, &session]).status, 415, "let in, and understood");
    raw(&studio, "DELETE /api/v1/session", &[&host, &session]).expect(204);
    raw(&studio, "GET /api/v1/system", &[&host, &session]).expect(401);
    studio.stop();
}

/// The session that a page gets for the token; it comes in no cookie.
fn sign_in(studio: &Studio) -> String {
    let body = json!({ "token": studio.token }).to_string();
    let head = format!("POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", studio.port);
    let head = format!("{head}Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}", body.len());
    let answer = studio.raw(format!("{head}\r\n\r\n{body}").as_bytes()).expect(200);
    assert!(!answer.headers.contains_key("set-cookie"), "{:?}", answer.headers);
    answer.json()["session"].as_str().unwrap().to_owned()
}

/// A server of somebody else on another port of this computer is sent every cookie of it. None of them is worth anything.
#[test]
fn a_cookie_lets_nobody_in() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);
    let (host, session) = (format!("Host: 127.0.0.1:{}", studio.port), sign_in(&studio));
    let names = [format!("nnc_studio_{}", studio.port), "nnc-studio-session".to_owned(), "X-NNC-Studio".to_owned()];
    for value in [&session, &studio.token] {
        let pairs: Vec<String> = names.iter().map(|name| format!("{name}={value}")).collect();
        let cookie = format!("Cookie: {}", pairs.join("; "));
        for line in [
            "GET /api/v1/datasets",
            "GET /api/v1/events",
            "GET /api/v1/datasets/train/thumbnail?row=0",
            "GET /api/v1/datasets/train/rows",
            "DELETE /api/v1/datasets/train",
            "POST /api/v1/tickets",
            "POST /api/v1/jobs",
        ] {
            for mark in ["X-NNC-Studio: 1", "X-Other: 1"] {
                let answer = raw(&studio, line, &[&host, &cookie, mark, "Content-Type: application/json"]);
                assert_eq!((answer.status, answer.code()), (401, "not-signed-in".to_owned()), "{line}");
            }
        }
    }
    assert!(sandbox.path("studio/datasets/train").exists());
    studio.stop();
}

#[test]
fn a_ticket_opens_one_download_once() {
    let sandbox = Sandbox::new();
    sandbox.write("studio/results/job/train_status.json", "{}");
    sandbox.write("studio/results/job/report.html", "<p>report");
    sandbox.write("studio/results/job/scores.csv", "scores");
    let studio = Studio::start(&sandbox, &[]);
    let host = format!("Host: 127.0.0.1:{}", studio.port);
    let ticket = |path: &str| studio.post("/tickets", &json!({ "path": format!("/api/v1{path}") }));
    let address = |path: &str| ticket(path).expect(201).json()["address"].as_str().unwrap().to_owned();
    let scores = "/results/results~job/files/scores.csv";
    let one = address(scores);
    let saved = raw(&studio, &format!("GET {one}"), &[&host]).expect(200);
    assert_eq!(saved.text(), "scores");
    assert_eq!(raw(&studio, &format!("GET {one}"), &[&host]).status, 401, "it was used");
    let stolen = address(scores);
    let value = stolen.split_once('=').unwrap().1;
    for line in [
        format!("GET /api/v1/results/results~job?ticket={value}"),
        format!("GET {stolen}"),
        format!("DELETE /api/v1/results/results~job?ticket={value}"),
    ] {
        assert_eq!(raw(&studio, &line, &[&host]).status, 401, "{line}");
    }
    let posted = address(scores);
    assert_eq!(raw(&studio, &format!("POST {posted}"), &[&host]).status, 401, "only to read");
    for path in ["/system", "/events", "/datasets/train/rows", "/results", "/results/a/b/c/report", "/jobs/x/stop", ""]
    {
        assert_eq!(ticket(path).status, 422, "{path}");
    }
    studio.post("/tickets", &json!({ "path": "http://evil.example/results/x/report" })).expect(422);
    // The report stands in a frame, and nowhere else.
    let report = "/results/results~job/report";
    for purpose in ["document", "empty", "script", "object", "embed"] {
        let line = format!("GET {}", address(report));
        let answer = raw(&studio, &line, &[&host, &format!("Sec-Fetch-Dest: {purpose}")]);
        assert_eq!((answer.status, answer.code()), (403, "not-framed".to_owned()), "{purpose}");
    }
    let framed = raw(&studio, &format!("GET {}", address(report)), &[&host, "Sec-Fetch-Dest: iframe"]).expect(200);
    let policy = &framed.headers["content-security-policy"];
    assert!(policy.starts_with("sandbox; default-src 'none'; "), "not of this program, so without scripts: {policy}");
    assert!(!policy.contains("script-src"), "{policy}");
    studio.stop();
}

#[test]
fn pages_of_the_web_reach_nothing() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let token = format!("Authorization: Bearer {}", studio.token);
    let port = studio.port;
    // A name of theirs that leads here: DNS rebinding.
    for host in [
        format!("Host: evil.example:{port}"),
        "Host: evil.example".to_owned(),
        format!("Host: 192.168.0.7:{port}"),
        format!("Host: localhost.evil.example:{port}"),
        "Host:".to_owned(),
        format!("Host: 127.0.0.1:{port}\r\nHost: evil.example"),
    ] {
        for path in ["/", "/api/v1/system", "/assets/x.js"] {
            assert_eq!(raw(&studio, &format!("GET {path}"), &[&host, &token]).status, 421, "{host} {path}");
        }
    }
    assert_eq!(raw(&studio, "GET /api/v1/system", &[&token]).status, 421, "no host at all");
    let own = format!("Host: 127.0.0.1:{port}");
    assert_eq!(raw(&studio, &format!("GET http://evil.example:{port}/api/v1/system"), &[&own, &token]).status, 421);
    // Their own origin.
    for origin in [
        "Origin: https://evil.example".to_owned(),
        "Origin: null".to_owned(),
        format!("Origin: http://localhost:{port}"),
        format!("Origin: http://127.0.0.1:{}", port ^ 1),
        format!("Origin: ftp://127.0.0.1:{port}"),
    ] {
        for line in ["GET /api/v1/system", "POST /api/v1/jobs", "OPTIONS /api/v1/jobs"] {
            let answer = raw(&studio, line, &[&own, &token, &origin, "X-NNC-Studio: 1"]);
            assert_eq!((answer.status, answer.code()), (403, "foreign-origin".to_owned()), "{line} {origin}");
            assert!(!answer.headers.keys().any(|name| name.starts_with("access-control-")));
        }
    }
    for site in ["cross-site", "same-site"] {
        let headers = [&own, &token, &*format!("Sec-Fetch-Site: {site}")];
        assert_eq!(raw(&studio, "GET /api/v1/system", &headers).status, 403);
        let link = [&headers[..], &["Sec-Fetch-Mode: navigate"]].concat();
        assert_eq!(raw(&studio, "GET /", &link).status, 200, "a link is followed");
        assert_eq!(raw(&studio, "POST /api/v1/jobs", &link).status, 403);
    }
    let same = format!("Origin: http://127.0.0.1:{port}");
    assert_eq!(raw(&studio, "GET /api/v1/system", &[&own, &token, &same, "Sec-Fetch-Site: same-origin"]).status, 200);
    studio.stop();
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("secret/secret.csv", "x,y\n1,0\n");
    sandbox.write("secret/train_status.json", "{}");
    sandbox.write("secret/report.html", "secret");
    let studio = with_project(&sandbox);
    let folder = sandbox.path("studio");
    symlink(sandbox.path("secret"), folder.join("datasets/link")).unwrap();
    symlink(sandbox.path("secret"), folder.join("results/link")).unwrap();
    symlink(sandbox.path("secret/secret.csv"), folder.join("datasets/train/link.csv")).unwrap();
    symlink(sandbox.path("secret/secret.csv"), folder.join("projects/link.toml")).unwrap();
    std::fs::create_dir(folder.join("results/job")).unwrap();
    sandbox.write("studio/results/job/train_status.json", "{}");
    symlink(sandbox.path("secret/report.html"), folder.join("results/job/report.html")).unwrap();

    let evil = [
        "..",
        "../secret",
        "%2e%2e",
        "%2e%2e%2fsecret",
        "..%2fsecret",
        "..%5csecret",
        "%252e%252e%252fsecret",
        ".",
        "%2e",
        "%00",
        "train%00",
        "%2fetc%2fpasswd",
        "link",
        ".nnc-studio",
        "~",
        "results~..~..~secret",
        "%ff%fe",
        "a%0d%0ab",
        "..~secret",
        "results~link",
        "results~%2e%2e",
        "train%2f..%2f..%2fsecret",
        "%e2%80%ae",
    ];
    let paths = [
        "/datasets/{}",
        "/datasets/{}/rows",
        "/datasets/{}/thumbnail?row=0",
        "/datasets/{}/problems",
        "/projects/{}",
        "/jobs/{}",
        "/jobs/{}/log",
        "/jobs/{}/events",
        "/jobs/{}/output",
        "/uploads/{}",
        "/results/{}",
        "/results/{}/report",
        "/results/{}/files",
        "/results/{}/files/scores.csv",
        "/results/{}/images",
        "/results/{}/scores",
        "/results/{}/picture?row=0",
        "/results/compare?ids={},results~job",
        "/datasets/train/rows?table={}",
        "/datasets/train/thumbnail?row=0&table={}",
        "/datasets/train/problems?table={}",
        "/results/results~job/files/{}",
    ];
    for path in paths {
        for name in evil {
            let answer = studio.get(&path.replace("{}", name));
            assert!(matches!(answer.status, 400 | 404 | 422), "{path} {name}: {} {}", answer.status, answer.text());
            assert!(!answer.text().contains("root:"), "{path} {name}");
        }
    }
    for name in evil {
        for (method, path) in [
            ("DELETE", "/datasets/{}"),
            ("DELETE", "/projects/{}"),
            ("DELETE", "/results/{}"),
            ("DELETE", "/trash/{}"),
            ("DELETE", "/uploads/{}"),
            ("DELETE", "/jobs/{}"),
            ("POST", "/trash/{}/restore"),
            ("POST", "/jobs/{}/stop"),
            ("POST", "/backbones/{}/fetch"),
        ] {
            let answer = studio.ask(method, &path.replace("{}", name));
            assert!(matches!(answer.status, 400 | 404), "{method} {path} {name}: {} {}", answer.status, answer.text());
        }
    }
    assert_eq!(studio.get("/datasets/train/rows?table=link.csv").status, 404);
    assert_eq!(studio.get("/results/results~job/report").status, 404);
    assert_eq!(studio.get("/results/results~job/files/report.html").status, 404);
    for name in ["..", "../x", "a/b", ".hidden", "a\0b", "a~b", "", " x", "\u{202e}x"] {
        for body in [json!({ "name": name, "from": "empty" }), json!({ "name": "x", "from": "copy", "project": name })]
        {
            assert_eq!(studio.post("/projects", &body).status, 422, "{name:?}");
        }
        assert_eq!(studio.post("/uploads", &json!({ "kind": "archive", "name": name })).status, 422, "{name:?}");
        let job = json!({ "kind": "run", "project": "parts", "result": name });
        assert!(matches!(studio.post("/jobs", &job).status, 400 | 422), "{name:?}");
    }
    assert!(sandbox.path("secret/secret.csv").exists() && sandbox.names("secret").len() == 3);
    let dataset = studio.get("/datasets").expect(200).json();
    let names: Vec<&str> =
        dataset["datasets"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(!names.contains(&"link"), "{names:?}");
    studio.stop();
}

#[test]
fn a_picture_elsewhere_is_not_shown() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);
    sandbox.image("private.png", 8, 8, [1; 3]);
    let outside = sandbox.path("private.png");
    symlink(&outside, sandbox.path("studio/datasets/train/link.png")).unwrap();
    let table = format!("x:image,y:label\n{},0\n../../../private.png,0\nlink.png,0\n", outside.display());
    sandbox.write("studio/datasets/train/out.csv", table);
    for row in 0..3 {
        let answer = studio.get(&format!("/datasets/train/thumbnail?table=out.csv&row={row}"));
        assert_eq!(answer.status, 404, "{row}: {}", answer.text());
    }
    let rows = studio.get("/datasets/train/rows?table=out.csv").expect(200).json();
    for row in 0..3 {
        let cell = &rows["page"][row]["cells"][0];
        assert!(cell["file"] == false && cell["shape"].is_null(), "{cell}");
    }
    studio.stop();
}

#[test]
fn a_second_studio_says_where_the_first_is() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let second = sandbox.host(&["studio", "studio", "--no-open", "--port", "0"]).expect(2);
    assert_eq!(second.stderr.lines().count(), 1, "{second}");
    assert!(second.stderr.contains(&format!("http://127.0.0.1:{}/", studio.port)), "{second}");
    assert!(!second.stderr.contains(&studio.token), "{second}");
    studio.stop();
    Studio::start(&sandbox, &[]).stop();
}

/// Whoever may write to the folder, or the file with the token, could have the studio work for him.
#[test]
fn what_others_may_change_is_refused() {
    let sandbox = Sandbox::new();
    let open =
        |name: &str, mode: u32| std::fs::set_permissions(sandbox.path(name), Permissions::from_mode(mode)).unwrap();
    std::fs::create_dir(sandbox.path("studio")).unwrap();
    let told = |more: &[&str], due: &[&str]| {
        let refused = sandbox.host(&[&["studio", "studio", "--no-open", "--port", "0"], more].concat()).expect(2);
        assert_eq!(refused.stderr.lines().count(), 1, "{refused}");
        assert!(due.iter().all(|due| refused.stderr.contains(due)), "{refused}");
        assert_eq!(sandbox.names("studio"), [""; 0]);
    };
    open("studio", 0o777);
    told(&[], &["everybody may write to", "chmod o-w"]);
    open("studio", 0o755);
    sandbox.write("token", "0123456789abcdef0123\n");
    open("token", 0o666);
    told(&["--token-file", "token"], &["everybody may write to", "token"]);
    if std::os::unix::fs::chown(sandbox.path("token"), Some(65_534), None).is_ok() {
        open("token", 0o600);
        told(&["--token-file", "token"], &["belongs to user 65534"]);
    }
    let refused = sandbox.host(&["studio", "/", "--no-open", "--port", "0"]).expect(2);
    assert!(refused.stderr.contains("is no folder for a studio") && refused.stderr.lines().count() == 1, "{refused}");
    assert!(!std::path::Path::new("/.nnc-studio").exists());
}

#[test]
fn other_computers_need_a_token_of_ones_own() {
    let sandbox = Sandbox::new();
    let refused = sandbox.host(&["studio", "studio", "--no-open", "--port", "0", "--listen", "0.0.0.0"]).expect(2);
    assert!(refused.stderr.contains("--token-file"), "{refused}");
    sandbox.write("short", "0123456789");
    sandbox.host(&["studio", "studio", "--no-open", "--token-file", "short"]).expect(2).complains(&["at least 16"]);
    sandbox.write("token", "0123456789abcdef0123\n");
    let studio =
        Studio::start(&sandbox, &["--listen", "0.0.0.0", "--token-file", "token", "--host", "studio.example.com"]);
    assert_eq!(studio.token, "0123456789abcdef0123");
    let token = format!("Authorization: Bearer {}", studio.token);
    for (host, status) in [("studio.example.com", 200), ("evil.example", 421)] {
        assert_eq!(raw(&studio, "GET /api/v1/system", &[&format!("Host: {host}"), &token]).status, status);
    }
    assert_eq!(studio.get("/system").expect(200).json()["remote"], true);
    studio.stop();
}
