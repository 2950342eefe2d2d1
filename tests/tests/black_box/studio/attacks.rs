//! Who may not come in, and what nobody gets: pages of the web, other users, files outside of the folder.

use std::os::unix::fs::symlink;

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
        vec![format!("Cookie: nnc_studio_{}={}", studio.port, studio.token)],
        vec![format!("Cookie: nnc_studio_{}=", studio.port)],
    ] {
        let headers: Vec<&str> = headers.iter().map(String::as_str).chain([host.as_str()]).collect();
        for path in ["/api/v1/system", "/api/v1/openapi.json", "/api/v1/events", "/api/v1/results"] {
            let answer = raw(&studio, &format!("GET {path}"), &headers);
            assert_eq!((answer.status, answer.code()), (401, "not-signed-in".to_owned()), "{path} {headers:?}");
        }
        let page = raw(&studio, "GET /", &headers);
        assert_eq!(page.status, 401);
        assert!(!page.text().contains(sandbox.path("studio").to_str().unwrap()), "{}", page.text());
    }
    assert_eq!(raw(&studio, "GET /?token=wrong", &[&host]).status, 401);

    let opened = raw(&studio, &format!("GET /?token={}", studio.token), &[&host]).expect(200);
    let cookie = opened.headers["set-cookie"].clone();
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&studio.token));
    let cookie = format!("Cookie: {}", cookie.split(';').next().unwrap());
    let system = raw(&studio, "GET /api/v1/system", &[&host, &cookie]).expect(200);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(system.headers[name], value);
    }
    let page = raw(&studio, "GET /", &[&host, &cookie]).expect(200);
    assert!(page.headers["content-security-policy"].starts_with("default-src 'none'; script-src 'self';"));

    // A cookie goes along with what a page of another origin sends; the header does not.
    let json = ["Content-Type: application/json", "Content-Length: 2"];
    let post = |more: &[&str]| {
        let headers: String = [&[host.as_str(), cookie.as_str()], &json[..], more].concat().join("\r\n");
        studio.raw(format!("POST /api/v1/projects HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n{{}}").as_bytes())
    };
    assert_eq!((post(&[]).status, post(&[]).code()), (403, "no-header".to_owned()));
    assert_eq!(post(&["X-NNC-Studio: 1"]).status, 422);
    let sign_in = json!({ "token": studio.token }).to_string();
    let session = |headers: &str| {
        let head = format!("POST /api/v1/session HTTP/1.1\r\n{host}\r\nContent-Type: application/json\r\n{headers}");
        studio.raw(format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{sign_in}", sign_in.len()).as_bytes())
    };
    assert_eq!(session("").status, 403);
    assert!(session("X-NNC-Studio: 1\r\n").expect(204).headers["set-cookie"].starts_with("nnc_studio_"));
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
