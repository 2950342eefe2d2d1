//! Scores, thresholds, masks and pictures of an evaluation, the report made anew, and the list of past jobs.

use nnc_tests::{Sandbox, assert_told, snapshot, squeezed};
use serde_json::Value;

/// Calibration images of 8x8: grey 100 to 104 as in training, so that their scores are 0 to 2 / (√2 + 1).
fn with_calibration(count: usize) -> Sandbox {
    let sandbox = Sandbox::with_project();
    let mut csv = String::from("x:image\n");
    for i in 0..count {
        sandbox.image(&format!("good/{i}.png"), 8, 8, [100 + (i % 5) as u8; 3]);
        csv += &format!("./good/{i}.png\n");
    }
    sandbox.write("good.csv", csv);
    sandbox.write("project.toml", format!("{}[dataset.calibration]\nuri = \"good.csv\"\n", Sandbox::PROJECT));
    sandbox
}

/// Masks that mark the right half of the three defective images.
fn write_masks(sandbox: &Sandbox, side: u32) {
    std::fs::create_dir_all(sandbox.path("masks")).unwrap();
    for i in 3..6 {
        let mask = image::GrayImage::from_fn(side, side, |x, _| image::Luma([u8::from(x >= side / 2) * 255]));
        mask.save(sandbox.path(&format!("masks/{i}.png"))).unwrap();
    }
}

fn verdicts(sandbox: &Sandbox) -> Vec<String> {
    let table = sandbox.text("out/scores.csv");
    table.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().to_owned()).collect()
}

#[test]
fn without_a_threshold_there_are_scores_but_no_verdicts() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let table = sandbox.text("out/scores.csv");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "path,label,score,threshold,verdict");
    assert_eq!(lines[1], "./test/0.png,0,0.0,,");
    assert!(lines[6].starts_with("./test/5.png,1,2.07") && lines[6].ends_with(",,"), "{table}");
    assert_eq!(lines.len(), 7);
    let evaluation = sandbox.json("out/evaluation.json");
    assert_eq!(evaluation["format"], 1);
    assert_eq!(evaluation["evaluation"]["rows"][5]["map"], "outputs/0_0000/5.csv");
    assert_eq!(evaluation["evaluation"]["rows"][5]["image"], "../test/5.png");
    assert_eq!(evaluation["evaluation"]["metrics"]["image"]["auroc"], 1.0);
    assert_eq!(evaluation["evaluation"]["origin"]["plugin"], "probe");
    assert_eq!(evaluation["evaluation"]["origin"]["training"]["rows"], 5);
}

#[test]
fn a_fixed_threshold_gives_verdicts_and_another_one_can_be_had_later() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("run", &["--threshold", "1", "--excel", "--heatmaps"]).expect(0);
    assert_told!(sandbox, "fixed_threshold", outcome);
    assert_eq!(verdicts(&sandbox), ["OK", "OK", "OK", "NG", "NG", "NG"]);
    assert!(sandbox.text("out/scores.csv").starts_with('\u{feff}'));
    assert_eq!(sandbox.names("out/heatmaps").len(), 6);
    assert_eq!(sandbox.names("out/heatmaps")[0], "00000_0.png");

    // Nothing of the job itself changes, and what was asked for then is kept.
    let kept = |sandbox: &Sandbox| {
        let mut files = snapshot(&sandbox.path("out"));
        files.retain(|name, _| {
            let made_anew = ["evaluation.json", "scores.csv", "defects.csv", "report.html"];
            !name.starts_with("heatmaps") && !made_anew.contains(&&**name)
        });
        files
    };
    let before = kept(&sandbox);
    let outcome = sandbox.host(&["report", "out", "--threshold", "1.5"]).expect(0);
    assert_told!(sandbox, "another_threshold", outcome);
    assert_eq!(verdicts(&sandbox), ["OK", "OK", "OK", "OK", "NG", "NG"]);
    assert!(sandbox.text("out/scores.csv").starts_with('\u{feff}'));
    assert_eq!(sandbox.names("out/heatmaps").len(), 6);
    assert!(before == kept(&sandbox));
    assert!(sandbox.names("out").iter().all(|name| !name.starts_with('.')), "{:?}", sandbox.names("out"));

    // At a false-alarm rate: above the largest of three scores, 2 / (√2 + 1).
    let outcome = sandbox.host(&["report", "out", "--false-alarm-rate", "0.01", "--json"]).expect(0);
    let metrics: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(metrics["decisions"]["found"], 3);
    let threshold = &sandbox.json("out/evaluation.json")["evaluation"]["threshold"];
    assert_eq!(threshold["origin"]["promised"], 0.25);
    let value = threshold["value"].as_f64().unwrap();
    assert!((value - 2.0 / (2f64.sqrt() + 1.0)).abs() < 1e-6, "{value}");
    sandbox.host(&["report", "out", "--no-threshold"]).expect(0);
    assert_eq!(verdicts(&sandbox), [""; 6]);

    // Images and results can move together.
    std::fs::create_dir(sandbox.path("moved")).unwrap();
    for name in ["out", "test"] {
        std::fs::rename(sandbox.path(name), sandbox.path("moved").join(name)).unwrap();
    }
    sandbox.host(&["report", "moved/out"]).expect(0);
    assert!(sandbox.text("moved/out/evaluation.json").contains("\"../test/5.png\""));
}

#[test]
fn calibration_images_give_an_honest_threshold() {
    let sandbox = with_calibration(99);
    let outcome = sandbox.job("run", &[]).expect(0);
    assert_told!(sandbox, "calibration", outcome.stdout);
    // Just above 2 / (√2 + 1), which row 2 of the test set has too.
    assert_eq!(verdicts(&sandbox), ["OK", "OK", "OK", "NG", "NG", "NG"]);
    let evaluation = sandbox.json("out/evaluation.json");
    assert_eq!(evaluation["evaluation"]["normals"]["scores"].as_array().unwrap().len(), 99);
    assert_eq!(evaluation["evaluation"]["origin"]["calibration"]["rows"], 99);
    // The status tells of the dataset, not of the calibration.
    assert_eq!(sandbox.json("out/evaluate_status.json")["data"]["max"], 6);
    // Later the same scores serve again.
    let outcome = sandbox.host(&["report", "out", "--false-alarm-rate", "0.5"]).expect(0);
    assert!(outcome.stdout.contains("from calibration images for a false-alarm rate of 50 %"), "{outcome}");
    sandbox.host(&["report", "out", "--confidence", "0.9"]).expect(2).complains(&["--confidence says nothing without"]);

    let few = with_calibration(5);
    let outcome = few.job("run", &["--false-alarm-rate", "0.01"]).expect(0);
    assert_told!(few, "few_calibration_images", outcome.stdout);
    let outcome = few.job("run", &["--normals", "training", "--false-alarm-rate", "0.2"]).expect(0);
    assert_told!(few, "threshold_from_training_images", outcome.stdout);
}

#[test]
fn the_rule_decides_the_score() {
    let sandbox = Sandbox::with_project();
    // One bright pixel on an image that is else like the training images' mean.
    let mut spot = image::RgbImage::from_pixel(8, 8, image::Rgb([102; 3]));
    spot.put_pixel(3, 3, image::Rgb([112; 3]));
    spot.save(sandbox.path("spot.png")).unwrap();
    sandbox.write("test.csv", "x:image,y:label\nspot.png,1\n");
    let peak = 10.0 / (2f64.sqrt() + 1.0);
    for (rule, due) in [("max", peak), ("top 4", peak / 4.0), ("top 50%", peak / 32.0), ("smooth 1", peak * 0.159_2)] {
        let outcome = sandbox.job("run", &["--score", rule]).expect(0);
        let score = sandbox.json("out/evaluation.json")["evaluation"]["rows"][0]["score"].as_f64().unwrap();
        assert!((score - due).abs() < 1e-2 * due, "{rule}: {score} instead of {due}");
        assert!(outcome.stdout.contains("all labelled images are defective"), "{outcome}");
    }
    sandbox.job("run", &["--score", "mean"]).expect(2).complains(&["expected max, top N"]);
}

#[test]
fn masks_give_figures_of_pixels() {
    let sandbox = Sandbox::with_project();
    write_masks(&sandbox, 16);
    let outcome = sandbox.job("run", &["--masks", "masks"]).expect(0);
    // Flat maps: the masked half of an image scores like the other half, but more than the normal images do.
    let pixel = sandbox.json("out/evaluation.json")["evaluation"]["metrics"]["pixel"].clone();
    assert_eq!((&pixel["images"], &pixel["pixels"], &pixel["regions"]), (&6.into(), &384.into(), &3.into()));
    assert_eq!(pixel["defective_pixels"], 96);
    // Images score 3, 4, 5 units with 32 marked and 32 unmarked pixels each, and three normal ones less.
    let below = [192.0, 192.0 + 32.0, 192.0 + 64.0].map(|below| below + 16.0).iter().sum::<f64>();
    assert!((pixel["auroc"].as_f64().unwrap() - below / 3.0 / 288.0).abs() < 1e-12, "{pixel}");
    assert!(outcome.stdout.contains("pixel AUROC 0."), "{outcome}");

    // The same from a column, with a cell left empty; then without masks, and with those of a folder later.
    let mut csv = String::from("x:image,y:label,mask:truth\n");
    for i in 0..6 {
        let mask = if i < 4 { String::new() } else { format!("masks\\{i}.png") };
        csv += &format!("./test/{i}.png,{},{mask}\n", i / 3);
    }
    sandbox.write("test.csv", csv);
    sandbox.job("evaluate", &[]).expect(0);
    let pixel = sandbox.json("out/evaluation.json")["evaluation"]["metrics"]["pixel"].clone();
    assert_eq!((&pixel["images"], &pixel["left_out"], &pixel["regions"]), (&5.into(), &1.into(), &2.into()));
    sandbox.host(&["report", "out", "--masks", "masks"]).expect(0);
    let evaluation = sandbox.json("out/evaluation.json");
    assert_eq!(evaluation["evaluation"]["metrics"]["pixel"]["regions"], 3);
    assert_eq!(evaluation["evaluation"]["rows"][3]["mask"], "../masks/3.png");

    sandbox.job("evaluate", &["--mask-column", "truth"]).expect(3);
    sandbox.job("evaluate", &["--masks", "none"]).expect(2).complains(&["masks", "none does not exist"]);
    sandbox.write("masks/4.png", "no picture");
    let outcome = sandbox.job("evaluate", &[]).expect(3);
    assert!(outcome.errors()[0].contains("cannot use the mask"), "{outcome}");
}

#[test]
fn masks_that_may_not_be_meant_are_told() {
    let sandbox = Sandbox::with_project();
    write_masks(&sandbox, 16);
    let write = |name: &str, width, height, value: fn(u32) -> u8| {
        let mask = image::GrayImage::from_fn(width, height, |x, _| image::Luma([value(x)]));
        mask.save(sandbox.path(&format!("masks/{name}.png"))).unwrap();
    };
    let run = sandbox.job("run", &["--masks", "masks"]).expect(0);
    assert!(!run.stdout.contains("masks "), "{run}");
    assert!(sandbox.json("out/evaluation.json")["evaluation"]["metrics"]["odd_masks"].is_null());
    write("1", 16, 16, |x| u8::from(x == 0));
    write("3", 16, 16, |_| 0);
    write("4", 16, 16, |x| if x < 3 { 0 } else { 255 });
    write("5", 16, 8, |x| if x < 9 { 0 } else { 255 });
    let report = sandbox.host(&["report", "out", "--masks", "masks"]).expect(0);
    for part in [
        "masks of defective images that mark nothing: 1 of 4, the first is that of ./test/3.png",
        "masks that mark more than half of their image: 1 of 4, the first is that of ./test/4.png",
        "masks of normal images that mark something: 1 of 4, the first is that of ./test/1.png",
        "masks with other proportions than their image: 1 of 4, the first is that of ./test/5.png",
    ] {
        assert!(report.stdout.contains(part), "{part}\n{report}");
    }
    let odd = &sandbox.json("out/evaluation.json")["evaluation"]["metrics"]["odd_masks"];
    assert_eq!(odd[0]["oddity"], "nothing");
    assert_eq!(odd.as_array().unwrap().len(), 4);
    assert!(sandbox.text("out/report.html").contains("Masks of normal images that mark something"));
    let japanese = sandbox.host(&["report", "out", "--lang", "ja"]).expect(0);
    assert!(
        !japanese.stdout.contains("mask") && japanese.stdout.contains("マスクが 4 枚中 1 枚あります"),
        "{japanese}"
    );
}

#[test]
fn comparing_pixels_shows_how_far_it_is() {
    let sandbox = Sandbox::with_project();
    // So large that a bar has time to appear.
    write_masks(&sandbox, 3000);
    // A terminal for the bar: what a child writes to one comes out of Python's standard output.
    let on_terminal = |arguments: &[&str]| {
        let host = sandbox.command(arguments);
        let terminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        let mut python = std::process::Command::new("python3");
        python.args(["-c", terminal]).arg(host.get_program()).args(host.get_args()).env_clear();
        python.envs(host.get_envs().filter_map(|(name, value)| Some((name, value?))));
        python.env("TERM", "xterm").current_dir(host.get_current_dir().unwrap());
        nnc_tests::finish(python).expect(0).stdout
    };
    let evaluated = on_terminal(&["run", "project.toml", "-o", "out", "--masks", "masks", "--threshold", "1"]);
    let reported = on_terminal(&["report", "out", "--masks", "masks", "--lang", "ja"]);
    for (shown, words) in [
        (&evaluated, ["masks  ", "pixels  ", "verdicts  "]),
        (&reported, ["マスクの読み込み  ", "ピクセルの比較  ", "判定  "]),
    ] {
        assert!(words.iter().all(|word| shown.contains(word)), "{shown}");
    }
}

#[test]
fn kinds_of_defects_have_figures_of_their_own() {
    let sandbox = Sandbox::with_project();
    sandbox.image("crack/a.png", 8, 8, [120; 3]);
    sandbox.image("hole/b.png", 8, 8, [102; 3]);
    sandbox.write("test.csv", "x,y\ntest/1.png,0\ncrack/a.png,1\nhole/b.png,1\n");
    let outcome = sandbox.job("run", &["--threshold", "1"]).expect(0);
    assert!(outcome.stdout.contains("defect crack: image AUROC 1.0000 (1 image)"), "{outcome}");
    assert!(outcome.stdout.contains("defect hole: image AUROC 0.0000 (1 image)"), "{outcome}");
    let defects = sandbox.json("out/evaluation.json")["evaluation"]["metrics"]["defects"].clone();
    assert_eq!((&defects[0]["found"], &defects[1]["found"]), (&1.into(), &0.into()));
}

#[test]
fn what_report_cannot_do_is_told_and_costs_nothing() {
    let sandbox = Sandbox::with_project();
    sandbox.host(&["report", "out"]).expect(2).complains(&["no evaluation.json in out", "nnc-host evaluate"]);
    sandbox.job("run", &[]).expect(0);
    let before = snapshot(&sandbox.path("out"));
    for (arguments, parts) in [
        (["--false-alarm-rate", "2"], ["false-alarm rate is 2", "between 0 and 1"]),
        (["--masks", "test.csv"], ["cannot read the masks", "test.csv"]),
        (["--masks", "out/outputs"], ["no mask in", "named like an image"]),
    ] {
        sandbox.host(&[&["report", "out"][..], &arguments].concat()).expect(2).complains(&parts);
        assert!(before == snapshot(&sandbox.path("out")), "{arguments:?}");
    }
    sandbox.write("out/evaluation.json", "{\"format\":1,\"evaluation\":{\"rows\":3}}");
    sandbox.host(&["report", "out"]).expect(2).complains(&["evaluation.json is not an evaluation"]);
}

#[test]
fn past_jobs_are_listed_and_compared() {
    let sandbox = Sandbox::with_project();
    sandbox.host(&["run", "project.toml", "-o", "jobs/first", "--threshold", "1"]).expect(0);
    sandbox
        .host(&["run", "project.toml", "-o", "jobs/more/second", "--threshold", "1.5", "--param", "passes=2"])
        .expect(0);
    sandbox.host(&["train", "project.toml", "-o", "jobs/third", "--param", "misbehave=error in fit"]).expect(3);
    let outcome = sandbox.host(&["jobs", "jobs"]).expect(0);
    assert_told!(sandbox, "jobs", squeezed(&outcome.stdout));
    let jobs: Value = serde_json::from_str(&sandbox.host(&["jobs", "jobs", "--json"]).expect(0).stdout).unwrap();
    assert_eq!(jobs[2]["metrics"]["image"]["auroc"], 1.0);
    assert_eq!(jobs[1]["parameters"]["passes"], 2);

    let outcome = sandbox.host(&["jobs", "compare", "jobs/first", "jobs/more/second"]).expect(0);
    assert_told!(sandbox, "jobs_compared", squeezed(&outcome.stdout));
    assert_eq!(sandbox.host(&["jobs", "compare", "jobs/first", "jobs/first"]).expect(0).stdout, "no difference\n");
    sandbox.host(&["jobs", "compare", "jobs/first", "jobs/third"]).expect(2).complains(&["jobs/third/evaluation.json"]);
    sandbox.host(&["jobs", "nowhere"]).expect(2).complains(&["no folder nowhere"]);
}

#[test]
fn images_that_belong_together_are_judged_together() {
    let sandbox = Sandbox::with_project();
    // Images 0 and 1 of both sets show the same sheets.
    let grouped = |rule: &str| format!("{}[dataset]\ngroup = {rule}\n", Sandbox::PROJECT);
    sandbox.write("project.toml", grouped(r"'pattern /([01])\.png$'"));
    let outcome = sandbox.job("run", &[]).expect(0);
    for part in [
        "no 95 % interval of the AUROC: it needs at least 5 normal and 5 defective groups, and there are 3 and 3",
        "2 of 6 images share their group with a training image, which flatters the figures; without them: image AUROC 1.0000 \
         (1 normal and 3 defective images)",
    ] {
        assert!(outcome.stdout.contains(part), "{part}\n{outcome}");
    }
    let evaluation = &sandbox.json("out/evaluation.json")["evaluation"];
    let rows = &evaluation["rows"];
    assert_eq!((&rows[1]["group"], &rows[1]["sibling"]), (&"1".into(), &true.into()));
    assert_eq!((&rows[2]["group"], &rows[2]["sibling"]), (&Value::Null, &false.into()));
    assert_eq!(evaluation["metrics"]["unseen"]["siblings"], 2);
    assert_eq!(evaluation["metrics"]["resampling"]["by_group"], true);
    assert!(sandbox.text("out/report.html").contains("2 of 6 images share their group with a training image"));
    let outcome = sandbox.host(&["--lang", "ja", "report", "out"]).expect(0);
    assert!(outcome.stdout.contains("2 枚は学習用画像と同じグループ"), "{outcome}");

    // A column that is missing is refused before anything is scored.
    let outcome = sandbox.job("run", &["--set", "dataset.group=column part"]).expect(3);
    assert!(outcome.stdout.contains("test.csv has no column \"part\", which [dataset] group names"), "{outcome}");
    sandbox.write("project.toml", grouped("'tile'"));
    let outcome = sandbox.job("run", &[]).expect(2);
    assert!(
        outcome
            .stderr
            .contains("project.toml:15: the group is \"tile\", expected folder, column NAME or pattern EXPRESSION"),
        "{outcome}"
    );
}

#[test]
fn an_auroc_comes_with_its_interval_and_compare_says_whether_a_difference_is_more_than_chance() {
    let sandbox = Sandbox::with_project();
    // Each of the six images twice, since five of a kind are needed.
    let (table, rows) = (sandbox.text("test.csv"), sandbox.text("test.csv"));
    sandbox.write("test.csv", table + rows.split_once('\n').unwrap().1);
    let outcome = sandbox.job("run", &[]).expect(0);
    // Newcombe's interval of perfect scores for 6 and 6 images.
    let interval = "image AUROC 1.0000, 95 % interval 0.6892 to 1.0000 (6 normal and 6 defective images";
    assert!(outcome.stdout.contains(interval), "{outcome}");
    let metrics = sandbox.json("out/evaluation.json")["evaluation"]["metrics"].clone();
    assert!((metrics["image"]["auroc_interval"]["low"].as_f64().unwrap() - 0.6892).abs() < 1e-4);
    let resampling = serde_json::json!({
        "by_group": false, "groups": 12, "normal": 6, "defective": 6, "rounds": 2000
    });
    assert_eq!(metrics["resampling"], resampling);
    let rebuilt = sandbox.host(&["report", "out", "--json"]).expect(0);
    assert_eq!(serde_json::from_str::<Value>(&rebuilt.stdout).unwrap(), metrics);
    let report = sandbox.text("out/report.html");
    assert!(report.contains("95 % interval 0.6892 to 1.0000"));
    assert!(sandbox.host(&["jobs"]).expect(0).stdout.contains("1.0000 (0.689–1.000)"));

    sandbox.host(&["run", "project.toml", "-o", "other", "--score", "top 1"]).expect(0);
    let compared = sandbox.host(&["jobs", "compare", "out", "other"]).expect(0);
    let chance = "image AUROC over the 12 labelled images of both: 1.0000 and 1.0000, difference +0.0000, 95 % interval \
                  +0.0000 to +0.0000: not more than chance";
    assert!(compared.stdout.contains(chance), "{compared}");
    let compared = sandbox.host(&["--lang", "ja", "jobs", "compare", "out", "other"]).expect(0);
    assert!(compared.stdout.contains("偶然の範囲内です"), "{compared}");
    let compared = sandbox.host(&["jobs", "compare", "out", "other", "--json"]).expect(0);
    let compared: Value = serde_json::from_str(&compared.stdout).unwrap();
    assert_eq!((&compared["more_than_chance"], &compared["auroc"]["difference"]), (&false.into(), &0.0.into()));
}
