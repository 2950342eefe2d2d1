//! The Mahalanobis detector through the whole program, on a tiny random backbone, against what nnabla, scikit-learn and
//! numpy computed of the same images (`tests/data/golden/expected`).

use nnc_test_data::golden;
use nnc_tests::{Outcome, Sandbox, mahalanobis, members, rows, said};

/// Largest difference to the reference, as a part of a map's maximum. Features in 32 bits differ in their last digits, and
/// channels that hardly change enlarge that; measured were 1.8e-5.
const TOLERANCE: f32 = 1e-4;
/// Images of the test set.
const IMAGES: usize = 5;

/// A project for the small set of gears.
fn project() -> Sandbox {
    mahalanobis();
    let sandbox = Sandbox::new();
    sandbox.write(
        "project.toml",
        format!(
            "[dataset.training]\nuri = '{0}/train.csv'\n[dataset.validation]\nuri = '{0}/test.csv'\n\
             [config]\nbatch_size = 4\n[plugin]\nname = \"mahalanobis\"\n[plugin.params]\nmodel = '{1}'\n\
             [compute]\ndevice = \"cpu\"\n",
            golden("dataset").display(),
            golden("backbone_tiny_nchw_pb.nnp").display()
        ),
    );
    sandbox
}

/// Runs a job on one thread: the tests beside it keep the other processors busy.
fn job(sandbox: &Sandbox, what: &str, more: &[&str]) -> Outcome {
    sandbox.job(what, &[&["--threads", "1"], more].concat())
}

fn scores(sandbox: &Sandbox) -> Vec<f32> {
    let text = sandbox.text("out/scores.csv");
    let column = text.lines().next().unwrap().split(',').position(|name| name == "score").unwrap();
    text.lines().skip(1).map(|line| line.split(',').nth(column).unwrap().parse().unwrap()).collect()
}

#[test]
fn maps_and_scores_are_those_of_nnabla_and_scikit_learn() {
    let sandbox = project();
    for (smoothing, folder) in [("3x3", "tiny_mahalanobis"), ("none", "tiny_mahalanobis_none")] {
        let smoothing = format!("smoothing={smoothing}");
        job(&sandbox, "run", &["--param", &smoothing, "--score", "contrast 1"]).expect(0);
        let reference = golden("expected").join(folder);
        for image in 0..IMAGES {
            let due = rows(&std::fs::read_to_string(reference.join(format!("{image}.csv"))).unwrap());
            let found = rows(&sandbox.text(&format!("out/outputs/0_0000/{image}.csv")));
            assert!([&due, &found].iter().all(|map| map.iter().map(Vec::len).eq([28; 28])));
            let most = due.iter().flatten().copied().fold(0.0, f32::max);
            for (found, due) in found.iter().flatten().zip(due.iter().flatten()) {
                assert!((found - due).abs() <= TOLERANCE * most, "{smoothing}, image {image}: {found} {due}");
            }
        }
        let due = std::fs::read_to_string(reference.join("contrast.txt")).unwrap();
        let due: Vec<f32> = due.lines().map(|line| line.parse().unwrap()).collect();
        let found = scores(&sandbox);
        assert_eq!((found.len(), due.len()), (IMAGES, IMAGES));
        for (found, due) in found.iter().zip(&due) {
            assert!((found / due - 1.0).abs() <= 1e-4, "{smoothing}: {found} {due}");
        }
        // The score belongs to the evaluation, and the report says how it was made.
        assert!(sandbox.text("out/evaluation.json").contains("\"contrast 1\""));
        assert!(sandbox.text("out/report.html").contains("minus half the median"));
    }
}

#[test]
fn a_job_leaves_nncs_log_and_says_how_far_the_images_go() {
    let sandbox = project();
    job(&sandbox, "run", &[]).expect(0);
    let log = sandbox.text("out/train_log.txt");
    let log = said(&log, "nnabla");
    let steps = [
        "Preparing training dataset...",
        "Calculating features...",
        "Creating anomary detection model...",
        "Saving anomary detection model...",
        "Training Completed.",
    ];
    assert!(log.ends_with(&steps), "{log:?}");
    let layers: Vec<&str> = log.iter().copied().filter(|line| line.starts_with("Use (")).collect();
    assert_eq!(
        layers,
        [
            "Use (32, 28, 28) of the output of ReLU of shape (32, 28, 28) as layer 1",
            "Use (128, 14, 14) of the output of ReLU of shape (128, 14, 14) as layer 2"
        ]
    );
    let outcome = job(&sandbox, "train", &["-v"]).expect(0);
    for part in ["Gaussians of 160 channels from 11 images", "fewer images than channels"] {
        assert!(outcome.stdout.contains(part), "{outcome}");
    }
}

#[test]
fn models_and_maps_are_the_same_bytes_whatever_the_threads_and_the_batch_size() {
    let sandbox = project();
    let mut first: Option<Vec<Vec<u8>>> = None;
    for (threads, batch) in [("1", "64"), ("2", "64"), ("2", "7"), ("3", "1")] {
        sandbox.job("run", &["--threads", threads, "--batch-size", batch]).expect(0);
        let members = members(&sandbox.path("out/results.nnp"));
        let parameters = members.into_iter().find(|member| member.name == "parameter.protobuf").unwrap().bytes;
        let maps = (0..IMAGES).map(|i| std::fs::read(sandbox.path(&format!("out/outputs/0_0000/{i}.csv"))).unwrap());
        let found: Vec<Vec<u8>> = std::iter::once(parameters).chain(maps).collect();
        let due = first.get_or_insert_with(|| found.clone());
        assert!(found == *due, "{threads} threads, batch size {batch}");
    }
}

#[test]
fn what_it_cannot_train_on_is_told_in_one_line() {
    let sandbox = project();
    sandbox.write("one.csv", format!("x:image,y:label\n{}/train/0/000.png,0\n", golden("dataset").display()));
    let one = format!("dataset.training.uri={}", sandbox.path("one.csv").display());
    for (argument, codes, part) in [
        ("plugin.params.smoothing=5x5", 2..=2, "expected one of 3x3, none"),
        ("plugin.params.gaussian=dense", 2..=2, "gaussian"),
        (&one, 1..=3, "needs at least 2 samples"),
    ] {
        let outcome = job(&sandbox, "train", &["--set", argument]);
        assert!(outcome.code.is_some_and(|code| codes.contains(&code)), "{argument}: {outcome}");
        let told = outcome.errors().into_iter().chain(outcome.stderr.lines().filter(|l| l.starts_with("error: ")));
        let told: Vec<&str> = told.collect();
        assert!(told.len() == 1 && told[0].contains(part), "{argument}: {outcome}");
    }
}

#[test]
fn a_training_that_needs_too_much_memory_is_refused_before_it_starts() {
    let sandbox = project();
    let outcome = job(&sandbox, "train", &["--memory-limit", "150M"]).expect(2);
    let told = outcome.errors().join("\n");
    for part in ["Gaussians of 160 channels need", "the job may use 150 MB", "--memory-limit"] {
        assert!(told.contains(part), "{outcome}");
    }
    assert!(!outcome.stdout.contains("Calculating features"), "{outcome}");
}
