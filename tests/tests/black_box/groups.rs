//! Images that belong together: splits that tear no group, and siblings in another dataset.

use std::collections::{BTreeSet, HashMap};

use nnc_tests::{Outcome, Sandbox};

/// A grey image with bright specks in places that its part decides; its exposure decides how light it is.
fn photograph(sandbox: &Sandbox, name: &str, part: u32, exposure: u32) {
    let mut state = part.wrapping_mul(2_654_435_761) | 1;
    let mut dice = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let specks: Vec<[f64; 3]> = (0..30).map(|_| [dice() * 64.0, dice() * 64.0, dice() * 2.0 - 1.0]).collect();
    let (light, gain) = (70.0 + 40.0 * f64::from(exposure), 60.0 - 12.0 * f64::from(exposure));
    let image = image::GrayImage::from_fn(64, 64, |x, y| {
        let detail: f64 = specks
            .iter()
            .map(|[cx, cy, height]| {
                let distance = (f64::from(x) - cx).powi(2) + (f64::from(y) - cy).powi(2);
                height * (-distance / 12.0).exp()
            })
            .sum();
        image::Luma([(light + gain * detail).clamp(0.0, 255.0) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    sandbox.write(name, bytes.into_inner());
}

const CREATE: [&str; 12] = [
    "dataset",
    "create",
    "photos",
    "-o",
    "out",
    "--force",
    "--file1",
    "train.csv",
    "--ratio2",
    "30",
    "--shuffle",
    "--json",
];

fn create(sandbox: &Sandbox, more: &[&str]) -> serde_json::Value {
    let outcome = sandbox.host(&[&CREATE[..], more].concat()).expect(0);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// The rows of a table of `out`.
fn rows(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let text = String::from_utf8(sandbox.bytes(&format!("out/{name}"))).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

/// What `of` says of the rows of both tables.
fn both<T: Ord>(sandbox: &Sandbox, of: impl Fn(&str) -> T) -> (BTreeSet<T>, BTreeSet<T>) {
    let set = |name| rows(sandbox, name).iter().map(|row| of(row)).collect();
    (set("train.csv"), set("test.csv"))
}

/// The number after `p` in a row such as `./0/p7_2.png,0`.
fn part(row: &str) -> String {
    row.split("/p").nth(1).unwrap().split('_').next().unwrap().to_owned()
}

#[test]
fn no_group_is_torn_by_a_split() {
    let sandbox = Sandbox::new();
    for (part, exposure) in (0..20).flat_map(|part| (0..3).map(move |exposure| (part, exposure))) {
        photograph(&sandbox, &format!("photos/{}/p{part}_{exposure}.png", part % 2), part, exposure);
    }
    let plain = create(&sandbox, &[]);
    assert!(plain["groups"].is_null());
    let (train, test) = both(&sandbox, part);
    assert!(!train.is_disjoint(&test), "a split without groups tears some");
    let untouched = rows(&sandbox, "train.csv");

    for group in [&["--group", r"pattern /(p\d+)_"][..], &["--group-by", r"^(p\d+)_"], &["--group", "likeness"]] {
        let summary = create(&sandbox, &[group, &["--group-column", "part"]].concat());
        let (train, test) = both(&sandbox, part);
        assert!(train.is_disjoint(&test), "{group:?}: {train:?} {test:?}");
        assert_eq!((rows(&sandbox, "train.csv").len(), rows(&sandbox, "test.csv").len()), (42, 18));
        let groups = &summary["groups"];
        assert_eq!((&groups["groups"], &groups["asked"], &groups["got"]), (&20.into(), &70.into(), &70.0.into()));
        assert_eq!(groups["several"].as_array().map(Vec::len), Some(20));
        assert_eq!(groups["several"][0]["images"].as_array().map(Vec::len), Some(3));
        assert_eq!(groups["by_likeness"], group[1] == "likeness");
        // The column names the groups, and is a comment for NNC and for a check.
        let table = String::from_utf8(sandbox.bytes("out/train.csv")).unwrap();
        assert!(table.starts_with("x:image,y:label,# part\n"), "{table}");
        let mut names: HashMap<String, BTreeSet<String>> = HashMap::new();
        for row in rows(&sandbox, "train.csv").iter().chain(&rows(&sandbox, "test.csv")) {
            names.entry(part(row)).or_default().insert(row.rsplit(',').next().unwrap().to_owned());
        }
        assert!(names.values().all(|names| names.len() == 1 && !names.contains("")), "{names:?}");
        let check = ["dataset", "check", "out/test.csv", "--against", "out/train.csv", "--group"];
        sandbox.host(&[&check[..], &["column part"]].concat()).expect(0);
        // The same seed gives the same split.
        let before = rows(&sandbox, "train.csv");
        create(&sandbox, &[group, &["--group-column", "part"]].concat());
        assert_eq!(rows(&sandbox, "train.csv"), before);
    }
    create(&sandbox, &[]);
    assert_eq!(rows(&sandbox, "train.csv"), untouched);

    let people = sandbox.host(&[&CREATE[..11], &["-q", "--group", "likeness"]].concat()).expect(0);
    let told = [
        "groups: 20, 0 of them of one image; none is in both tables",
        "train.csv was to have 70 % of the images and has 70.0 %",
        ": 3 images, train.csv",
        "found by likeness, which can miss",
    ];
    assert!(told.iter().all(|part| people.stdout.contains(part)), "{people}");
    let japanese = sandbox.host(&[&CREATE[..11], &["-q", "--group", "likeness", "--lang", "ja"]].concat()).expect(0);
    assert!(japanese.stdout.contains("グループ: 20 個"), "{japanese}");
}

#[test]
fn folders_below_the_class_folders_are_groups_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    for (part, shot) in (0..10).flat_map(|part| (0..2).map(move |shot| (part, shot))) {
        photograph(&sandbox, &format!("photos/ok/p{part}/{shot}.png"), part, shot);
    }
    // Of the same part, and of none.
    photograph(&sandbox, "photos/ng/p3/9.png", 3, 2);
    photograph(&sandbox, "photos/ng/0.png", 99, 0);
    let summary = create(&sandbox, &["--group", "folder"]);
    assert_eq!((&summary["converted"], &summary["groups"]["groups"]), (&22.into(), &11.into()));
    assert_eq!(summary["groups"]["several"][0]["name"], "p3");
    let (train, test) = both(&sandbox, |row| {
        let path = row.split(',').next().unwrap().to_owned();
        path.split('/').nth(2).unwrap().to_owned()
    });
    assert!(train.is_disjoint(&test), "{train:?} {test:?}");
    assert!(sandbox.path("out/ok/p0/1.png").exists() && sandbox.path("out/ng/0.png").exists());
    sandbox.host(&["dataset", "check", "out/train.csv"]).expect(0);
    // Without groups NNC's rule stands: images below class folders are left out.
    sandbox.host(&CREATE).expect(0);
    assert!(!sandbox.path("out/ok/p0").exists());
}

#[test]
fn siblings_in_another_dataset_are_told_by_the_rule_or_by_likeness() {
    let sandbox = Sandbox::new();
    let (mut train, mut test) = ("x:image,# part\n".to_owned(), "x:image,# part\n".to_owned());
    for part in 0..40 {
        photograph(&sandbox, &format!("t/p{part}_0.png"), part, 0);
        train += &format!("t/p{part}_0.png,{part}\n");
    }
    for part in 32..52 {
        photograph(&sandbox, &format!("u/p{part}_2.png"), part, 2);
        test += &format!("u/p{part}_2.png,{part}\n");
    }
    sandbox.write("train.csv", train);
    sandbox.write("test.csv", test);
    let check =
        |more: &[&str]| sandbox.host(&[&["dataset", "check", "test.csv", "--against", "train.csv"], more].concat());
    let certain = |outcome: &Outcome| {
        let told = "8 of 20 images belong to a group that train.csv has too";
        let first = "line 2, u/p32_2.png (like t/p32_0.png)";
        assert!([told, first, "and 3 more"].iter().all(|part| outcome.stdout.contains(part)), "{outcome}");
    };
    certain(&check(&["--group", "column part"]).expect(3));
    certain(&check(&["--group", r"pattern (p\d+)_"]).expect(3));
    check(&["--group", "folder"]).expect(0);
    for guessed in [check(&[]).expect(0), check(&["--group", "likeness"]).expect(0)] {
        assert!(guessed.stdout.starts_with("warning: 8 of 20 images seem to show a part"), "{guessed}");
        assert!(guessed.stdout.contains("line 2, u/p32_2.png (like t/p32_0.png)"), "{guessed}");
    }
    let report: serde_json::Value = serde_json::from_str(&check(&["--json"]).expect(0).stdout).unwrap();
    assert_eq!((&report["siblings"]["images"], &report["siblings"]["of"]), (&8.into(), &20.into()));
    assert_eq!(report["siblings"]["siblings"].as_array().map(Vec::len), Some(8));
}

#[test]
fn wrong_groups_are_wrong_usage() {
    let sandbox = Sandbox::with_project();
    sandbox.image("photos/0/a.png", 8, 8, [9; 3]);
    let create = |more: &[&str]| sandbox.host(&[&CREATE[..], more].concat());
    create(&["--group", "tile"]).expect(2).complains(&["--group is \"tile\", expected folder, likeness or pattern"]);
    create(&["--group", "pattern ("]).expect(2).complains(&["whose expression cannot be used"]);
    create(&["--group", "column tile"]).expect(2).complains(&["images in folders have no columns"]);
    create(&["--group-column", "tile"]).expect(2).complains(&["--group"]);
    create(&["--group", "folder", "--group-by", "a"]).expect(2).complains(&["--group"]);
    create(&["--group", "likeness", "--group-column", "#"]).expect(2).complains(&["--group-column is \"#\""]);
    let check = |more: &[&str]| sandbox.host(&[&["dataset", "check", "test.csv"], more].concat());
    check(&["--group", "folder"]).expect(2).complains(&["--against"]);
    check(&["--against", "train.csv", "--group", "tile"]).expect(2).complains(&["the group is \"tile\""]);
    let missing = check(&["--against", "train.csv", "--group", "column tile"]).expect(3);
    missing.complains(&["train.csv has no column \"tile\", which --group names"]);
    assert!(!sandbox.path("out").exists());
}
