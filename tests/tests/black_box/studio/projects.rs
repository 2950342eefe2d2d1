//! Project files: changed key by key, by hand beside it, and refused in words.

use nnc_tests::{Sandbox, Studio, texture};
use serde_json::{Value, json};

use super::{change, with_project};

#[test]
fn a_form_changes_only_its_keys_and_overwrites_nothing() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);
    let by_hand =
        "# by hand\n[project]\nname = \"parts\"\n[config]\nbatch_size = 4 # few\n[plugin]\nname = \"texture\"\n";
    sandbox.write("studio/projects/parts.toml", by_hand);
    let project = studio.get("/projects/parts").expect(200);
    let etag = project.headers["etag"].clone();
    assert_eq!(project.json()["values"]["config.batch_size"], 4);
    let changed =
        change(&studio, "parts", &etag, &json!({ "changes": { "config.batch_size": 8, "plugin.params.cell": 8 } }));
    let changed = changed.expect(200);
    let text = sandbox.text("studio/projects/parts.toml");
    assert_eq!(text, by_hand.replace("= 4 #", "= 8 #") + "\n[plugin.params]\ncell = 8\n");
    assert_eq!(changed.json()["text"], text.as_str());

    // Somebody edits the file while the form is open.
    sandbox.write("studio/projects/parts.toml", text.replace("batch_size = 8", "batch_size = 16"));
    let etag = changed.headers["etag"].clone();
    let refused =
        change(&studio, "parts", &etag, &json!({ "changes": { "plugin.params.cell": 4 } })).expect(412).json();
    assert_eq!(refused["error"]["code"], "changed");
    assert_eq!(refused["error"]["changed"], json!([{ "key": "config.batch_size", "before": 8, "now": 16 }]));
    assert!(sandbox.text("studio/projects/parts.toml").contains("cell = 8"));
    let now = refused["error"]["etag"].as_str().unwrap();
    change(&studio, "parts", now, &json!({ "changes": { "plugin.params.cell": 4 } })).expect(200);
    let text = sandbox.text("studio/projects/parts.toml");
    assert!(text.contains("batch_size = 16") && text.contains("cell = 4"), "{text}");
    let headers = ["Content-Type: application/json"];
    let without = studio.send("PATCH", "/projects/parts", &headers, br#"{"changes":{"config.batch_size":1}}"#);
    assert_eq!((without.status, without.code()), (428, "precondition".to_owned()));
    studio.stop();
}

#[test]
fn what_is_wrong_is_told_by_key_and_line_in_both_languages() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);
    let check = |changes: Value| {
        let answer = studio.post("/projects/parts/check", &json!({ "changes": changes })).expect(200).json();
        answer["problems"].as_array().unwrap().clone()
    };
    let keys = |problems: &[Value]| -> Vec<String> {
        problems.iter().map(|problem| problem["key"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(check(json!({})), [Value::Null; 0]);
    let wrong = check(json!({ "plugin.params.cell": 1, "plugin.params.tolerance": -1, "plugin.params.cel": 3,
        "dataset.training.uri": "../datasets/none/x.csv" }));
    let mut found = keys(&wrong);
    found.sort();
    assert_eq!(found, ["dataset.training.uri", "plugin.params.cel", "plugin.params.cell", "plugin.params.tolerance"]);
    assert_eq!(keys(&check(json!({ "config.batch_size": 0 }))), ["config.batch_size"]);
    assert_eq!(keys(&check(json!({ "plugin.name": "none" }))), ["plugin.name"]);
    assert_eq!(keys(&check(json!({ "compute.device": "gpu" }))), ["compute.device"]);
    assert!(!sandbox.text("studio/projects/parts.toml").contains("cel ="), "nothing is written");
    let japanese = studio.send(
        "POST",
        "/projects/parts/check",
        &["Content-Type: application/json", "Accept-Language: ja"],
        br#"{"changes":{"config.batch_size":0}}"#,
    );
    let message = japanese.expect(200).json()["problems"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.chars().any(|c| ('\u{3040}'..'\u{30ff}').contains(&c)), "{message}");
    let put = |text: &str| {
        let etag = studio.get("/projects/parts").headers["etag"].clone();
        studio.send(
            "PUT",
            "/projects/parts",
            &[&format!("If-Match: {etag}"), "Content-Type: text/plain"],
            text.as_bytes(),
        )
    };
    let broken = put("[project]\nname = \n").expect(422).json();
    assert_eq!(broken["error"]["line"], 2, "{broken}");
    let written = put("[project]\nname = \"x\"\n[nonsense]\n").expect(200).json();
    assert_eq!(written["problems"][0]["line"], 3, "{written}");
    studio.stop();
}

#[test]
fn paths_that_leave_the_folder_are_written_by_hand_only() {
    let sandbox = Sandbox::new();
    let studio = with_project(&sandbox);
    let etag = studio.get("/projects/parts").headers["etag"].clone();
    for (key, value) in [
        ("dataset.training.uri", "/etc/passwd"),
        ("dataset.validation.uri", "../../../etc/passwd"),
        ("report.masks", "..\\..\\..\\etc"),
        ("dataset.training.uri", "{SDCPATH}/../../train.csv"),
        ("dataset.calibration.uri", "{SDCPATH}\\..\\..\\train.csv"),
        ("plugin.params.file", "~/.ssh/id"),
        ("plugin.name", "../evil.so"),
        ("plugin.name", "/tmp/libnnc_plugin_evil.so"),
    ] {
        let refused = change(&studio, "parts", &etag, &json!({ "changes": { key: value } })).expect(422).json();
        assert_eq!(refused["error"]["field"], key, "{refused}");
    }
    let text = format!("{}[report]\nmasks = \"/etc\"\n", sandbox.text("studio/projects/parts.toml"));
    let headers = [&format!("If-Match: {etag}"), "Content-Type: text/plain"];
    studio.send("PUT", "/projects/parts", &headers, text.as_bytes()).expect(422);
    sandbox.write("studio/projects/parts.toml", &text);
    let etag = studio.get("/projects/parts").expect(200).headers["etag"].clone();
    change(&studio, "parts", &etag, &json!({ "changes": { "config.batch_size": 2 } })).expect(200);
    assert!(sandbox.text("studio/projects/parts.toml").contains("masks = \"/etc\""));
    studio.stop();
}

#[test]
fn projects_of_nnc_are_read_and_copied() {
    texture();
    let sandbox = Sandbox::new();
    let studio = Studio::start(&sandbox, &[]);
    let project = "[Global]\nDataSetCount=2\n[DataSet_0]\nName=Training\nURI=none.csv\n[DataSet_1]\nName=Validation\nURI=\n[Config_0]\nName=Global\n";
    let upload = studio.upload("project", "gears.sdcproj", project.as_bytes());
    let made = studio.post("/projects", &json!({ "name": "gears", "from": "upload", "upload": upload }));
    // What it says is the reader's business; that it is TOML now, and leads nowhere else, is ours.
    if made.status == 201 {
        let made = made.json();
        assert_eq!((made["format"].clone(), made["file"].clone()), (json!("toml"), json!("projects/gears.toml")));
    } else {
        assert_eq!(made.status, 422, "{}", made.text());
    }
    let toml = "[dataset.training]\nuri = \"/etc/passwd\"\n[plugin]\nname = \"texture\"\n";
    let upload = studio.upload("project", "mine.toml", toml.as_bytes());
    let made =
        studio.post("/projects", &json!({ "name": "mine", "from": "upload", "upload": upload })).expect(201).json();
    assert!(!made["text"].as_str().unwrap().contains("passwd"), "{made}");
    studio.post("/projects", &json!({ "name": "copy", "from": "copy", "project": "mine" })).expect(201);
    assert_eq!(sandbox.text("studio/projects/copy.toml"), sandbox.text("studio/projects/mine.toml"));
    let broken = studio.upload("project", "broken.toml", b"[x\n");
    studio.post("/projects", &json!({ "name": "broken", "from": "upload", "upload": broken })).expect(422);
    assert_eq!(sandbox.names("studio/projects"), ["copy.toml", "gears.toml", "mine.toml"]);
    studio.stop();
}
