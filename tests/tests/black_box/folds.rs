//! Cross-validation: `evaluate --folds`.

use std::collections::BTreeSet;

use nnc_tests::Sandbox;

/// The probe's project with ten more normal images, in groups of two, and images of the training set in the test set.
fn project() -> Sandbox {
    let sandbox = Sandbox::with_project();
    let mut train = String::from("x:image,y:label,# part\n");
    for image in 0..10 {
        sandbox.image(&format!("more/{image}.png"), 8, 8, [95 + image; 3]);
        train += &format!("./more/{image}.png,0,{}\n", image / 2);
    }
    sandbox.write("train.csv", train);
    let test = (0..6).map(|image| format!("./test/{image}.png,{},{}\n", image / 3, 10 + image));
    sandbox.write("test.csv", "x:image,y:label,# part\n".to_owned() + &test.collect::<String>() + "more/0.png,0,0\n");
    let group = "[dataset]\ngroup = \"column part\"\n";
    sandbox
        .write("project.toml", Sandbox::PROJECT.replace("[dataset.training]", &format!("{group}[dataset.training]")));
    sandbox
}

/// The last parts of the images that a table of a fold names, with their groups.
fn listed(sandbox: &Sandbox, fold: usize, table: &str) -> BTreeSet<(String, String, String)> {
    let text = sandbox.text(&format!("out/fold-{fold}/{table}.csv"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let path: Vec<&str> = cells[0].rsplit('/').take(2).collect();
        (format!("{}/{}", path[1], path[0]), cells[1].to_owned(), cells[2].to_owned())
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn every_image_is_evaluated_once_by_a_model_that_knows_neither_it_nor_its_group() {
    let sandbox = project();
    let outcome = sandbox.job("evaluate", &["--folds", "3"]).expect(0);
    let mut seen = BTreeSet::new();
    for fold in 1..=3 {
        let (train, test) = (listed(&sandbox, fold, "train"), listed(&sandbox, fold, "test"));
        let groups = |rows: &BTreeSet<(String, String, String)>| -> BTreeSet<String> {
            rows.iter().map(|(_, _, group)| group.clone()).collect()
        };
        assert!(groups(&train).is_disjoint(&groups(&test)), "{train:?} {test:?}");
        assert!(train.iter().all(|(_, label, _)| label == "0"));
        assert!(test.iter().filter(|(_, label, _)| label == "0").count() >= 3, "{test:?}");
        assert_eq!(test.iter().filter(|(_, label, _)| label == "1").count(), 1);
        assert!(test.iter().all(|row| seen.insert(row.clone())));
        assert!(outcome.stdout.contains(&format!("fold {fold} of 3: image AUROC ")), "{outcome}");
    }
    // Ten of the training set and six of the test set; the one that stands in both counts once.
    assert_eq!(seen.len(), 16);
    assert!(outcome.stdout.contains("mean image AUROC of 3 folds"), "{outcome}");
    let evaluation = &sandbox.json("out/evaluation.json")["evaluation"];
    let rows = evaluation["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 16);
    for (row, image) in rows.iter().enumerate() {
        assert_eq!(image["row"].as_u64(), Some(row as u64));
        let path = image["image"].as_str().unwrap();
        let due = if row < 10 { format!("more/{row}.png") } else { format!("test/{}.png", row - 10) };
        assert!(path.ends_with(&due), "{path} {due}");
        assert!(image["map"].as_str().unwrap().starts_with("fold-"), "{image}");
        let group = if row < 10 { row / 2 } else { row };
        assert_eq!(image["group"], group.to_string());
    }
    assert!(sandbox.path("out/report.html").is_file() && sandbox.path("out/scores.csv").is_file());
    // The same images give the same folds, and what is there is replaced.
    let before = sandbox.bytes("out/scores.csv");
    let again = sandbox.job("evaluate", &["--folds", "3", "--json"]).expect(0);
    assert!(sandbox.bytes("out/scores.csv") == before);
    let told: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(told["folds"].as_array().map(Vec::len), Some(3));
    assert_eq!(sandbox.json("out/evaluate_status.json")["status"], "finished");
    // Another threshold is taken from the report, as of any job.
    sandbox.host(&["report", "out", "--threshold", "1"]).expect(0);
}

#[test]
fn folds_that_cannot_be_are_refused() {
    let sandbox = project();
    let told = |more: &[&str], code: i32| format!("{}", sandbox.job("evaluate", more).expect(code));
    // Five groups of the training set and three normal images with groups of their own.
    assert!(told(&["--folds", "9"], 3).contains("9 folds need at least as many groups with normal images"));
    assert!(told(&["--folds", "1"], 2).contains("1"));
    assert!(told(&["--folds", "3", "--model", "x.nnp"], 2).contains("--model"));
    assert!(told(&["--folds", "3", "--set", "dataset.group=column tile"], 3).contains("tile"));
    let japanese = told(&["--folds", "9", "--lang", "ja"], 3);
    assert!(japanese.contains("9 分割には、正常画像を含むグループが 9 以上必要です"), "{japanese}");
    std::fs::create_dir_all(sandbox.path("elsewhere")).unwrap();
    std::fs::create_dir_all(sandbox.path("linked")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", sandbox.path("linked/fold-1")).unwrap();
    let linked = sandbox.host(&["evaluate", "project.toml", "-o", "linked", "--folds", "3"]).expect(2);
    assert!(format!("{linked}").contains("fold-1 is a link") && sandbox.names("elsewhere").is_empty(), "{linked}");
    sandbox.write("train.csv", "x__0,x__1,# part\n1,2,3\n");
    assert!(told(&["--folds", "2"], 3).contains("train.csv:2: folds are for images in files"));
    assert!(!sandbox.path("out/evaluation.json").exists());
}
