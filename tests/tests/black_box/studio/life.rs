//! A studio's whole life, as a person lives it by clicking.

use nnc_tests::{Sandbox, Studio, members, read, solid, texture};
use serde_json::{Value, json};

use super::with_project;

#[test]
fn from_photographs_to_a_saved_threshold() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);

    let rows = studio.get("/datasets/test/rows?limit=3&offset=5").expect(200).json();
    assert_eq!((rows["rows"].clone(), rows["page"].as_array().unwrap().len()), (json!(12), 3), "{rows}");
    assert_eq!(rows["labels"], json!({ "y:label": { "0": 6, "1": 6 } }));
    assert_eq!(studio.get("/datasets/test/rows?label=1").expect(200).json()["rows"], 6);
    let thumbnail = studio.get("/datasets/test/thumbnail?row=0&size=16").expect(200);
    assert!(thumbnail.body.starts_with(b"\x89PNG") && thumbnail.headers["content-type"] == "image/png");
    let dataset = studio.get("/datasets/train").expect(200).json();
    assert_eq!(dataset["creation"]["classes"][0]["converted"], 6, "{dataset}");

    let job = studio.post("/jobs", &json!({ "kind": "run", "project": "parts", "device": "cpu" })).expect(202).json();
    assert_eq!(job["result"], "results~parts-1");
    let done = studio.finished(&job);
    assert!(done["outcome"]["evaluate"].is_object(), "{done}");
    let log = studio.get(&format!("/jobs/{}/log", job["id"].as_str().unwrap())).expect(200).text();
    assert_eq!(log.matches("worker done").count(), 2, "{log}");

    let result = studio.get("/results/results~parts-1").expect(200).json();
    assert_eq!((result["project"].clone(), result["has"]["report"].clone()), (json!("parts"), json!(true)), "{result}");
    assert!(result["metrics"]["image"]["auroc"].as_f64().unwrap() >= 0.0, "{result}");
    let scores = studio.get("/results/results~parts-1/scores").expect(200).json();
    assert_eq!((scores["normal"].as_array().unwrap().len(), scores["defective"].as_array().unwrap().len()), (6, 6));
    let threshold = scores["suggested"].as_f64().unwrap();

    let job = studio.post("/results/results~parts-1/report", &json!({ "threshold": threshold, "heatmaps": true }));
    studio.finished(&job.expect(202).json());
    let saved = studio.get("/results/results~parts-1").expect(200).json();
    assert!((saved["threshold"].as_f64().unwrap() - threshold).abs() < 1e-3, "{saved}");
    let images = studio.get("/results/results~parts-1/images?order=-score&limit=2").expect(200).json();
    assert_eq!((images["total"].clone(), images["images"][0]["verdict"].clone()), (json!(12), json!("NG")), "{images}");
    assert_eq!(
        studio.get("/results/results~parts-1/images?verdict=OK&limit=1").expect(200).json()["images"][0]["verdict"],
        "OK"
    );
    for kind in ["image", "heatmap"] {
        let picture = studio.get(&format!("/results/results~parts-1/picture?row=7&kind={kind}")).expect(200);
        assert!(picture.body.starts_with(b"\x89PNG"), "{kind}");
    }

    let report = studio.get("/results/results~parts-1/report").expect(200);
    let policy = &report.headers["content-security-policy"];
    assert!(policy.starts_with("sandbox allow-scripts; default-src 'none'") && !policy.contains("allow-same-origin"));
    // Its own scripts, by their hashes, and no others.
    let scripts = policy.split_once("; script-src ").unwrap().1;
    assert!(scripts.split(' ').all(|source| source.starts_with("'sha256-")), "{policy}");
    assert!(report.text().contains("<html"));
    let files = studio.get("/results/results~parts-1/files").expect(200).json();
    let names: Vec<&str> =
        files["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"result_evaluate.nnp") && names.contains(&"heatmaps.zip"), "{names:?}");
    for name in names {
        let file = studio.get(&format!("/results/results~parts-1/files/{name}")).expect(200);
        assert!(file.headers["content-disposition"].starts_with("attachment; "), "{name}");
        if name == "heatmaps.zip" {
            let path = sandbox.write("maps.zip", &file.body);
            assert_eq!(members(&path).len(), 12);
        } else {
            assert_eq!(file.body, sandbox.bytes(&format!("studio/results/parts-1/{name}")), "{name}");
        }
    }
    studio.stop();
}

#[test]
fn two_runs_are_compared_and_one_is_deleted_and_comes_back() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);
    let first = studio.post("/jobs", &json!({ "kind": "run", "project": "parts" })).expect(202).json();
    let second =
        studio.post("/jobs", &json!({ "kind": "train", "project": "parts", "result": "again" })).expect(202).json();
    studio.finished(&first);
    studio.finished(&second);
    let evaluate =
        json!({ "kind": "evaluate", "project": "parts", "result": "again", "dataset": { "dataset": "train" } });
    let third = studio.post("/jobs", &evaluate).expect(202).json();
    studio.finished(&third);
    let history = studio.get("/results").expect(200).json();
    let ids: Vec<&str> = history["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["results~again", "results~parts-1"]);
    let compared = studio.get("/results/compare?ids=results~parts-1,results~again").expect(200).json();
    assert!(compared["pairs"][0]["comparison"]["differences"].is_array(), "{compared}");
    assert_eq!(studio.get("/results/compare?ids=results~parts-1,results~parts-1").status, 422);
    assert_eq!(studio.get("/results/compare?ids=results~parts-1,results~none").status, 404);
    let taken = studio.post("/jobs", &json!({ "kind": "run", "project": "parts", "result": "again" }));
    assert_eq!((taken.status, taken.code()), (409, "exists".to_owned()));

    let item = studio.ask("DELETE", "/results/results~again").expect(200).json();
    assert_eq!(studio.get("/results/results~again").status, 404);
    assert!(!sandbox.path("studio/results/again").exists());
    studio.ask("POST", &format!("/trash/{}/restore", item["id"].as_str().unwrap())).expect(200);
    assert_eq!(studio.get("/results/results~again").expect(200).json()["id"], "results~again");
    for (path, kind) in [("/datasets/train", "dataset"), ("/projects/parts", "project")] {
        let item = studio.ask("DELETE", path).expect(200).json();
        assert_eq!((item["kind"].clone(), studio.get(path).status), (json!(kind), 404));
        studio.ask("POST", &format!("/trash/{}/restore", item["id"].as_str().unwrap())).expect(200);
        studio.get(path).expect(200);
    }
    let item = studio.ask("DELETE", "/results/results~again").expect(200).json();
    studio.ask("DELETE", &format!("/trash/{}", item["id"].as_str().unwrap())).expect(204);
    assert_eq!(studio.get("/trash").expect(200).json()["items"], json!([]));
    studio.stop();
}

#[test]
fn a_table_with_pictures_is_taken_as_it_is_and_checked() {
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let begin = |name: &str| {
        let upload = studio.post("/uploads", &json!({ "kind": "table", "name": name })).expect(201).json();
        upload["id"].as_str().unwrap().to_owned()
    };
    let put =
        |id: &str, path: &str, file: &[u8]| studio.send("PUT", &format!("/uploads/{id}/file?path={path}"), &[], file);
    let id = begin("set");
    put(&id, "set/t.csv", b"x:image,y:label\n./0/a.png,0\n./0/none.png,1\n").expect(201);
    put(&id, "set/0/a.png", &solid(std::path::Path::new("a.png"), 8, 8, [9; 3])).expect(201);
    let dataset = studio.post("/datasets/import", &json!({ "name": "Teile 部品", "upload": id })).expect(201).json();
    assert_eq!(dataset["tables"][0]["uri"], "../datasets/Teile 部品/t.csv");
    let path = "/datasets/Teile%20%E9%83%A8%E5%93%81";
    let unchecked = studio.get(&format!("{path}/problems")).expect(200).json();
    assert_eq!(unchecked["checked"], Value::Null);
    let job = studio.post(&format!("{path}/check"), &json!({ "table": "t.csv" })).expect(202).json();
    studio.finished(&job);
    let found = studio.get(&format!("{path}/problems")).expect(200).json();
    assert_eq!((found["total"].clone(), found["problems"][0]["line"].clone()), (json!(1), json!(3)), "{found}");
    assert!(found["problems"][0]["message"].as_str().unwrap().contains("none.png"));

    let id = begin("out");
    put(&id, "t.csv", b"x:image,y:label\n../../../../../private.png,0\n").expect(201);
    let refused = studio.post("/datasets/import", &json!({ "name": "out", "upload": id })).expect(422);
    assert!(refused.text().contains("outside of its folder"), "{}", refused.text());
    assert_eq!(studio.get("/datasets/out").status, 404);
    studio.stop();
}

#[test]
fn the_sample_is_drawn_with_its_project() {
    texture();
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let job =
        studio.post("/projects", &json!({ "name": "flanges", "from": "sample", "plugin": "texture" })).expect(202);
    let done = studio.finished(&job.json());
    assert!(done["outcome"]["images"].as_u64().unwrap() > 80, "{done}");
    let project = studio.get("/projects/flanges").expect(200).json();
    assert_eq!((project["problems"].clone(), project["values"]["plugin.name"].clone()), (json!([]), json!("texture")));
    let rows = studio.get("/datasets/flanges/rows?table=train.csv&limit=1").expect(200).json();
    assert_eq!(rows["rows"], 72);
    studio.post("/projects", &json!({ "name": "flanges", "from": "sample" })).expect(409);
    studio.stop();
}

#[test]
fn a_log_is_followed_and_taken_up_again() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);
    let job = studio.post("/jobs", &json!({ "kind": "run", "project": "parts" })).expect(202).json();
    let id = job["id"].as_str().unwrap();
    let follow = |last: Option<u64>| {
        let last = last.map(|last| format!("Last-Event-ID: {last}"));
        let headers: Vec<&str> = last.iter().map(String::as_str).collect();
        let mut stream = studio.connect();
        let head = format!("{}\r\n", studio.head("GET", &format!("/jobs/{id}/events"), &headers));
        std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
        let answer = read(stream);
        assert_eq!((answer.status, answer.headers["content-type"].as_str()), (200, "text/event-stream"));
        answer.text()
    };
    let lines = |events: &str| -> Vec<String> {
        let data = events.lines().filter_map(|line| line.strip_prefix("data: "));
        let of_log =
            data.filter_map(|data| serde_json::from_str::<Value>(data).ok()?.get("lines")?.as_array().cloned());
        of_log.flatten().map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    // It ends when the job does.
    let all = follow(None);
    assert!(all.contains("event: job\n") && all.contains("event: end\n"), "{all}");
    let log = studio.get(&format!("/jobs/{id}/log")).expect(200).text();
    assert_eq!(lines(&all), log.lines().collect::<Vec<_>>());
    let ids: Vec<u64> = all.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
    let (first, last) = (ids[0], *ids.last().unwrap());
    assert_eq!(last, log.len() as u64);
    let rest = lines(&follow(Some(first)));
    let all = lines(&all);
    assert_eq!(rest, all[all.len() - rest.len()..]);
    assert_eq!(lines(&follow(Some(last))), [""; 0]);
    studio.stop();
}
