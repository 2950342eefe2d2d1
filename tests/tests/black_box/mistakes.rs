//! Mistakes of beginners that go unnoticed: the program says it, and where it can before any work is done.

use nnc_tests::{Sandbox, assert_told};

#[test]
fn defects_in_the_training_set_are_told() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("run", &["--set", "dataset.training.uri=test.csv"]).expect(0);
    for line in [
        "[worker]: [WARNING]: 3 of 6 training images have a label `y` other than 0, and an anomaly detector learns all",
        "[worker]: [WARNING]: training and validation are the same dataset",
    ] {
        assert_eq!(outcome.stdout.matches(line).count(), 1, "{outcome}");
    }
    let outcome = sandbox.job("run", &[]).expect(0);
    assert!(!outcome.stdout.contains("WARNING]: 3 of 6"), "{outcome}");
}

#[test]
fn a_validation_set_that_does_not_fit_is_told_before_the_training() {
    let sandbox = Sandbox::with_project();
    sandbox.image("test/0.png", 16, 16, [102; 3]);
    let outcome = sandbox.job("run", &[]).expect(3);
    assert_told!(sandbox, "validation_set_does_not_fit", outcome);
    // A training alone does not ask for it.
    sandbox.job("train", &[]).expect(0);
}

#[test]
fn masks_of_other_images_are_refused_before_the_scoring() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    sandbox.image("masks/other.png", 8, 8, [255; 3]);
    let outcome = sandbox.job("evaluate", &["--masks", "masks"]).expect(2);
    assert!(outcome.errors()[0].contains("is named like an image of the evaluation"), "{outcome}");
    assert!(!outcome.stdout.contains("data 4 / 6"), "{outcome}");
}

#[test]
fn results_that_were_moved_away_from_their_images_say_so() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    for row in 3..6 {
        sandbox.image(&format!("masks/{row}.png"), 8, 8, [255; 3]);
    }
    sandbox.host(&["report", "out", "--masks", "masks"]).expect(0);
    std::fs::create_dir(sandbox.path("deep")).unwrap();
    std::fs::rename(sandbox.path("out"), sandbox.path("deep/out")).unwrap();
    let refused = sandbox.host(&["report", "deep/out", "--masks", "masks"]).expect(2);
    assert_told!(sandbox, "images_have_moved", refused);
    let warned = sandbox.host(&["report", "deep/out", "--threshold", "1"]).expect(0);
    assert_told!(sandbox, "images_have_moved_warning", warned);
}

#[test]
fn labels_the_wrong_way_round_are_told() {
    let sandbox = Sandbox::with_project();
    let test = sandbox.text("test.csv").replace(",0", ",2").replace(",1", ",0");
    sandbox.write("test.csv", test);
    let outcome = sandbox.job("run", &[]).expect(0);
    assert!(outcome.stdout.contains("are the labels the wrong way round? 0 is normal"), "{outcome}");

    for name in ["bad/0.png", "good/0.png", "good/1.png"] {
        sandbox.image(&format!("photos/{name}"), 8, 8, [100; 3]);
    }
    let created = sandbox.host(&["dataset", "create", "photos", "-o", "set"]).expect(0);
    let note = "label 0, which means normal in anomaly detection, is folder \"bad\" and not \"good\"";
    assert!(created.stdout.contains(note), "{created}");
}

#[test]
fn a_folder_above_the_one_that_was_meant_is_told() {
    let sandbox = Sandbox::new();
    for name in ["masks/0.png", "train/0/0.png", "train/0/1.png", "test/1/2.png"] {
        sandbox.image(&format!("photos/{name}"), 8, 8, [100; 3]);
    }
    let created = sandbox.host(&["dataset", "create", "photos", "-o", "set"]).expect(0);
    assert!(created.stdout.contains("note: 3 images lie deeper than those that were taken"), "{created}");
}

#[test]
fn a_dataset_is_no_project_and_semicolons_are_no_commas() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.host(&["run", "train.csv", "-o", "out"]).expect(2);
    outcome.complains(&["this is a dataset; the first argument is a project file"]);
    sandbox.write("train.csv", sandbox.text("train.csv").replace(',', ";"));
    let outcome = sandbox.host(&["dataset", "check", "train.csv"]).expect(3);
    outcome.complains(&["line 1: columns are separated by semicolons, expected commas"]);
}
