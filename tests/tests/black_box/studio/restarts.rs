//! Jobs need no studio: they go on without it, are found again, and those of the command line are seen too.

use std::time::Duration;

use nnc_tests::{Running, Sandbox, Studio, plugin_folder, wait_until};
use serde_json::{Value, json};

use super::with_project;

/// A studio with a project whose training never ends, and one whose evaluation waits for as long as there is a file `wait`.
fn waiting(sandbox: &Sandbox) -> Studio {
    plugin_folder();
    let studio = with_project(sandbox);
    let text = sandbox.text("studio/projects/parts.toml");
    for (name, misdeed) in [("slow", "slow"), ("held", "wait")] {
        let parameters = format!("\n[plugin.params]\nside = 224\nmisbehave = \"{misdeed}\"\n");
        sandbox.write(&format!("studio/projects/{name}.toml"), text.replace("\"texture\"", "\"probe\"") + &parameters);
    }
    studio
}

#[test]
fn a_job_outlives_its_studio_and_is_found_again() {
    let sandbox = Sandbox::new();
    let studio = waiting(&sandbox);
    sandbox.write("studio/wait", "0");
    let job = studio.post("/jobs", &json!({ "kind": "run", "project": "held" })).expect(202).json();
    let id = job["id"].as_str().unwrap().to_owned();
    let queued =
        studio.post("/jobs", &json!({ "kind": "train", "project": "parts", "result": "later" })).expect(202).json();
    let state = |studio: &Studio, id: &str| studio.get(&format!("/jobs/{id}")).expect(200).json()["state"].clone();
    wait_until("the job runs", || state(&studio, &id) == "running");
    assert_eq!(state(&studio, queued["id"].as_str().unwrap()), "queued");
    wait_until("it evaluates", || sandbox.path("studio/results/held-1/evaluate_status.json").exists());
    studio.running().kill();
    drop(studio);
    let studio = Studio::start(&sandbox, &[]);
    let found = studio.get(&format!("/jobs/{id}")).expect(200).json();
    assert_eq!((found["state"].clone(), found["kind"].clone()), (json!("running"), json!("run")), "{found}");
    std::fs::remove_file(sandbox.path("studio/wait")).unwrap();
    let done = studio.finished(&found);
    assert!(done["outcome"]["train"].is_object(), "{done}");
    studio.finished(&queued);
    assert_eq!(studio.get("/results").expect(200).json()["results"].as_array().unwrap().len(), 2);
    studio.stop();
}

#[test]
fn a_job_is_stopped_and_its_result_says_so() {
    let sandbox = Sandbox::new();
    let studio = waiting(&sandbox);
    let job = studio.post("/jobs", &json!({ "kind": "run", "project": "slow" })).expect(202).json();
    let next = studio.post("/jobs", &json!({ "kind": "run", "project": "slow" })).expect(202).json();
    let path = |job: &Value| format!("/jobs/{}", job["id"].as_str().unwrap());
    wait_until("the job has a status", || sandbox.path("studio/results/slow-1/train_status.json").exists());
    assert_eq!(studio.get(&path(&next)).expect(200).json()["position"], 1);
    let busy = studio.ask("DELETE", "/datasets/train");
    assert_eq!((busy.status, busy.code()), (409, "busy".to_owned()));
    assert_eq!(studio.ask("DELETE", &path(&job)).status, 409);
    studio.ask("POST", &format!("{}/stop", path(&next))).expect(202);
    studio.ask("POST", &format!("{}/stop", path(&job))).expect(202);
    assert_eq!(studio.ended(&job)["state"], "stopped");
    assert_eq!(studio.ended(&next)["state"], "stopped");
    assert_eq!(sandbox.json("studio/results/slow-1/train_status.json")["status"], "suspended");
    assert_eq!(studio.ask("POST", &format!("{}/stop", path(&job))).status, 409);
    studio.ask("DELETE", &path(&job)).expect(204);
    assert_eq!(studio.get(&path(&job)).status, 404);
    studio.stop();
}

#[test]
fn jobs_of_the_command_line_appear_and_can_be_stopped() {
    let sandbox = Sandbox::new();
    let studio = waiting(&sandbox);
    let arguments = ["run", "studio/projects/slow.toml", "-o", "studio/results/mine"];
    let job: Running = sandbox.start(&arguments);
    let listed = || {
        let jobs = studio.get("/jobs").expect(200).json()["jobs"].as_array().unwrap().clone();
        jobs.into_iter().find(|job| job["origin"] == "command line")
    };
    wait_until("the job is listed", || listed().is_some());
    let seen = listed().unwrap();
    assert_eq!((seen["result"].clone(), seen["state"].clone()), (json!("results~mine"), json!("running")), "{seen}");
    assert_eq!(studio.ask("DELETE", "/results/results~mine").status, 409);
    let id = seen["id"].as_str().unwrap();
    studio.ask("POST", &format!("/jobs/{id}/stop")).expect(202);
    job.wait(Duration::from_secs(60)).expect(130);
    let log = studio.get(&format!("/jobs/{id}/log")).expect(200).text();
    assert_eq!(log, sandbox.text("studio/results/mine/train_log.txt"));
    assert!(listed().is_none());
    studio.stop();
}

#[test]
fn what_came_with_a_folder_from_elsewhere_is_not_started() {
    let sandbox = Sandbox::new();
    let studio = waiting(&sandbox);
    let job = studio.post("/jobs", &json!({ "kind": "run", "project": "held" })).expect(202).json();
    let id = job["id"].as_str().unwrap().to_owned();
    studio.finished(&job);
    studio.stop();
    // The folder of somebody else, whose job waits to be started.
    let file = format!("studio/.nnc-studio/jobs/{id}/job.json");
    let record = sandbox.text(&file).replace("\"state\": \"finished\"", "\"state\": \"queued\"");
    sandbox.write(&file, record.replace("held-1", "evil"));
    let studio = Studio::start(&sandbox, &[]);
    assert_eq!(studio.get(&format!("/jobs/{id}")).expect(200).json()["state"], "stopped");
    assert!(!sandbox.path("studio/results/evil").exists());
    studio.stop();
}

#[test]
fn without_a_name_a_studio_has_a_folder_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox.write("holiday.txt", "mine");
    for (arguments, folder) in [(&[][..], "nnc-studio"), (&["other"], "other")] {
        let arguments = [&["studio", "--no-open", "--port", "0"], arguments].concat();
        let running = sandbox.start(&arguments);
        running.wait_for_output("#token=");
        running.interrupt();
        running.wait(Duration::from_secs(20)).expect(0);
        assert!(sandbox.path(folder).join("datasets").is_dir());
    }
    assert!(!sandbox.path("datasets").exists() && !sandbox.path(".nnc-studio").exists());
}
