//! The studio, over HTTP as its pages speak it: from an upload to a saved threshold, what others change meanwhile, and what a restart
//! finds again.

mod attacks;
mod life;
mod limits;
mod projects;
mod restarts;

use nnc_tests::{Packed, Sandbox, Studio, solid, texture, zipped};
use serde_json::{Value, json};

/// An archive with class folders: `count` images of each label.
fn archive(labels: &[&str], count: u8) -> Vec<u8> {
    let mut members = Vec::new();
    for (place, label) in labels.iter().enumerate() {
        for number in 0..count {
            let grey = 100 + number + 60 * place as u8;
            let picture = solid(std::path::Path::new("a.png"), 32, 32, [grey; 3]);
            members.push(Packed::file(format!("{label}/{number}.png"), picture));
        }
    }
    zipped(&members)
}

/// A studio with the datasets `train` and `test` and the project `parts` for the plugin texture.
fn with_project(sandbox: &Sandbox) -> Studio {
    texture();
    let studio = Studio::start(sandbox, &[]);
    for (name, labels) in [("train", &["0"][..]), ("test", &["0", "1"])] {
        let upload = studio.upload("archive", &format!("{name}.zip"), &archive(labels, 6));
        let job = studio.post("/datasets", &json!({ "name": name, "upload": upload }));
        studio.finished(&job.expect(202).json());
    }
    let project =
        studio.post("/projects", &json!({ "name": "parts", "from": "empty", "plugin": "texture" })).expect(201);
    let changes = json!({ "changes": {
        "dataset.training.uri": "../datasets/train/train.csv",
        "dataset.validation.uri": "../datasets/test/test.csv",
    } });
    let etag = project.headers["etag"].clone();
    let project = change(&studio, "parts", &etag, &changes).expect(200).json();
    assert_eq!(project["problems"], json!([]), "{project}");
    studio
}

/// Changes keys of a project.
fn change(studio: &Studio, name: &str, etag: &str, changes: &Value) -> nnc_tests::Answer {
    let headers = [&format!("If-Match: {etag}"), "Content-Type: application/json"];
    studio.send("PATCH", &format!("/projects/{name}"), &headers, changes.to_string().as_bytes())
}
