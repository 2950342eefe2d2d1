//! PatchCore through the whole program, on a tiny random backbone.

use nnc_test_data::golden;
use nnc_tests::{Outcome, Sandbox, assert_told, patchcore, rows, said};

/// A project for the drawn gears.
fn project() -> Sandbox {
    patchcore();
    let sandbox = Sandbox::new();
    let (backbone, data) = (golden("backbone_tiny_nchw_pb.nnp"), golden("dataset"));
    sandbox.write(
        "project.toml",
        format!(
            "[dataset.training]\nuri = '{0}/train.csv'\n[dataset.validation]\nuri = '{0}/test.csv'\n\
             [config]\nbatch_size = 5\n[plugin]\nname = \"patchcore\"\n[plugin.params]\n\
             model = '{1}'\nfeature_ratio = 0.5\n[compute]\ndevice = \"cpu\"\n",
            data.display(),
            backbone.display()
        ),
    );
    sandbox
}

/// Runs a job on one thread: the tests beside it keep the other processors busy.
fn job(sandbox: &Sandbox, what: &str, more: &[&str]) -> Outcome {
    sandbox.job(what, &[&["--threads", "1"], more].concat())
}

fn maps(sandbox: &Sandbox, count: usize) -> Vec<Vec<Vec<f32>>> {
    let maps: Vec<_> = (0..count).map(|i| rows(&sandbox.text(&format!("out/outputs/0_0000/{i}.csv")))).collect();
    assert!(maps.iter().all(|map| map.iter().map(Vec::len).eq([28; 28])));
    maps
}

fn most(map: &[Vec<f32>]) -> f32 {
    map.iter().flatten().copied().fold(f32::NAN, f32::max)
}

#[test]
fn a_job_leaves_nncs_log_and_network() {
    let sandbox = project();
    job(&sandbox, "run", &[]).expect(0);
    let found = maps(&sandbox, 2);
    assert!(found.iter().flatten().flatten().all(|value| value.is_finite() && *value >= 0.0));
    assert!(most(&found[0]) < most(&found[1]), "the defect does not stand out");

    let log = sandbox.text("out/train_log.txt");
    let log = said(&log, "nnabla");
    // 11 images of 784 patches, one in a hundred.
    let steps = [
        "Preparing training dataset...",
        "Calculating features...",
        "Creating anomary detection model (memory size = 86)...",
        "Saving anomary detection model...",
        "Training Completed.",
    ];
    assert!(log.ends_with(&steps), "{log:?}");
    let layers: Vec<&str> = log.iter().copied().filter(|line| line.starts_with("Use (")).collect();
    assert_eq!(layers.len(), 2, "{log:?}");
    assert!(layers[0].contains(", 28, 28) of") && layers[0].ends_with("as layer 1"), "{layers:?}");
    assert!(layers[1].contains(", 14, 14) of") && layers[1].ends_with("as layer 2"), "{layers:?}");

    let network = sandbox.text("out/results.nntxt");
    let keys = ["batch_size:", "dim: 86", "data_name:", "no_image_normalization:", "name: \"memory\""];
    let own = network.lines().filter(|line| keys.iter().any(|key| line.trim().starts_with(key)));
    assert_told!(sandbox, "network", own.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_run_and_batch_size_gives_the_same_model() {
    let sandbox = project();
    let mut first = None;
    for more in [["--batch-size", "1"], ["--batch-size", "64"]] {
        job(&sandbox, "run", &more).expect(0);
        let found = maps(&sandbox, 2);
        let first = first.get_or_insert_with(|| found.clone());
        for (found, due) in found.iter().flatten().flatten().zip(first.iter().flatten().flatten()) {
            assert!((found - due).abs() <= 1e-5 * most(&first[1]), "{more:?}: {found} {due}");
        }
    }
}

#[test]
fn a_memory_of_all_patches_knows_its_own_images() {
    let sandbox = project();
    let all = ["--param", "sample_ratio=1"];
    job(&sandbox, "run", &all).expect(0);
    let defect = most(&maps(&sandbox, 2)[1]);
    let train = golden("dataset/train.csv");
    job(&sandbox, "evaluate", &["--dataset", train.to_str().unwrap()]).expect(0);
    for (image, map) in maps(&sandbox, 11).iter().enumerate() {
        assert!(most(map) < 1e-3 * defect, "image {image}: {} of {defect}", most(map));
    }
}

#[test]
fn a_projection_chooses_other_patches_as_well() {
    let sandbox = project();
    job(&sandbox, "run", &["--param", "projection=6", "--param", "seed=1"]).expect(0);
    let found = maps(&sandbox, 2);
    assert!(most(&found[0]) < most(&found[1]), "the defect does not stand out");
}

#[test]
fn what_patchcore_cannot_train_on_is_told_in_one_line() {
    let sandbox = project();
    sandbox.write("empty.csv", "x:image\n");
    let empty = format!("dataset.training.uri={}", sandbox.path("empty.csv").display());
    let arguments = [
        "plugin.params.sample_ratio=0",
        "plugin.params.sample_ratio=1e-9",
        "plugin.params.sample_ratio=-0.5",
        "plugin.params.sample_ratio=1.5",
        "plugin.params.sample_ratio=nan",
        "plugin.params.feature_ratio=0.0001",
        "plugin.params.projection=-1",
        &empty,
    ];
    assert_told!(sandbox, "cannot_train", sandbox.refusals("train", &arguments));
}
