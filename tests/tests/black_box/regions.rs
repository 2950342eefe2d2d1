//! Regions of interest: what lies outside is neither learned nor scored, whatever the detector is.

use std::io::Cursor;

use nnc_tests::{Sandbox, rows, texture};

/// A grey picture of soft noise with a bright belt of 16 columns on either side, whose look changes from `belt` to `belt`.
fn picture(seed: u32, belt: u32, defect: bool) -> Vec<u8> {
    let dice = |state: &mut u32| {
        *state ^= *state << 13;
        *state ^= *state >> 17;
        *state ^= *state << 5;
        (*state >> 28) as u8
    };
    let (mut inside, mut outside) = (seed.wrapping_mul(2_654_435_761) | 1, belt.wrapping_mul(40_503) | 1);
    let image = image::RgbImage::from_fn(96, 64, |x, y| {
        let (soft, wild) = (dice(&mut inside), dice(&mut outside));
        let is_defect = defect && (40..46).contains(&x) && (30..36).contains(&y);
        let light = match x {
            16..80 if is_defect => 30,
            16..80 => 120 + soft,
            _ => 16 * wild,
        };
        image::Rgb([light, light, 110])
    });
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Six normal images to train on, and four to evaluate, the last two with a defect; the look of their belts follows from `belt`.
fn draw(sandbox: &Sandbox, belt: u32) {
    for seed in 0..10 {
        sandbox.write(&format!("{seed}.png"), picture(seed + 1, belt + seed, seed > 7));
    }
}

fn project() -> Sandbox {
    texture();
    let sandbox = Sandbox::new();
    draw(&sandbox, 1);
    let table = |rows: std::ops::Range<u32>| {
        let line = |seed: u32| format!("{seed}.png,{}\n", u8::from(seed > 7));
        "x:image,y:label\n".to_owned() + &rows.map(line).collect::<String>()
    };
    sandbox.write("train.csv", table(0..6));
    sandbox.write("test.csv", table(6..10));
    let light = |x: u32| image::Luma([if (16..80).contains(&x) { 255 } else { 0 }]);
    image::GrayImage::from_fn(96, 64, |x, _| light(x)).save(sandbox.path("roi.png")).unwrap();
    sandbox.write(
        "project.toml",
        "[dataset]\nroi = \"roi.png\"\n[dataset.training]\nuri = \"train.csv\"\n[dataset.validation]\nuri = \"test.csv\"\n\
         [plugin]\nname = \"texture\"\n[plugin.params]\nwidth = 96\nheight = 64\n",
    );
    sandbox
}

const TILED: [&str; 6] =
    ["--set", "config.tile={ size = 32, overlap = 0 }", "--param", "width=32", "--param", "height=32"];
const POLYGON: &str = "dataset.roi=[[[16, 0], [80, 0], [80, 64], [16, 64]]]";

#[test]
fn what_lies_outside_changes_neither_models_nor_maps() {
    let sandbox = project();
    for more in [&[][..], &TILED, &["--score", "contrast 1"], &["--set", POLYGON]] {
        let results = |belt: u32| {
            draw(&sandbox, belt);
            sandbox.job("run", more).expect(0);
            let maps = ["0", "3"].map(|row| sandbox.bytes(&format!("out/outputs/0_0000/{row}.csv")));
            let model = ["mean.f32", "factor.f32"].map(|name| {
                let members = nnc_tests::members(&sandbox.path("out/results.nnp"));
                members.iter().find(|member| member.name == name).map(|member| member.bytes.clone())
            });
            (maps, model, sandbox.bytes("out/scores.csv"))
        };
        assert!(results(1) == results(1000), "{more:?}");
        let evaluation = &sandbox.json("out/evaluation.json")["evaluation"];
        assert_eq!(evaluation["metrics"]["image"]["auroc"], 1.0, "{more:?}");
        assert_eq!(evaluation["origin"]["region"]["share"], 64.0 / 96.0);
    }
    // Without a region the belt is what is looked at.
    sandbox.write("project.toml", sandbox.text("project.toml").replace("roi = \"roi.png\"", ""));
    let whole = |belt: u32| {
        draw(&sandbox, belt);
        sandbox.job("run", &[]).expect(0);
        sandbox.bytes("out/outputs/0_0000/0.csv")
    };
    assert!(whole(1) != whole(1000));
}

#[test]
fn cells_outside_have_the_median_of_those_inside() {
    let sandbox = project();
    let outcome = sandbox.job("run", &[]).expect(0);
    assert!(outcome.stdout.contains("the region of interest is 66.7 % of an image"), "{outcome}");
    let map = rows(&sandbox.text("out/outputs/0_0000/3.csv"));
    let cells = |inside: bool| {
        let is_inside = |x: usize| (4..20).contains(&x);
        map.iter()
            .flat_map(|line| line.iter().enumerate())
            .filter(move |(x, _)| is_inside(*x) == inside)
            .map(|(_, v)| *v)
    };
    let mut inside: Vec<f32> = cells(true).collect();
    inside.sort_by(f32::total_cmp);
    let middle = inside.len() / 2;
    let median = ((f64::from(inside[middle - 1]) + f64::from(inside[middle])) / 2.0) as f32;
    assert!(cells(false).all(|value| value == median), "{median}");
    let report = sandbox.text("out/report.html");
    assert!(report.contains("66.7 % of an image; what lies outside was neither learned nor scored"));
}

#[test]
fn tiles_outside_are_left_out() {
    let sandbox = project();
    // Of 3x2 tiles the polygon meets two.
    let polygon = "dataset.roi=[[[40, 4], [60, 4], [60, 60], [40, 60]]]";
    let outcome = sandbox.job("run", &[&TILED[..], &["--set", polygon]].concat()).expect(0);
    assert!(outcome.stdout.contains("in 2 tiles"), "{outcome}");
    let map = rows(&sandbox.text("out/outputs/0_0000/3.csv"));
    assert_eq!((map.len(), map[0].len()), (16, 24));
}

#[test]
fn another_region_than_the_models_is_warned_of() {
    let sandbox = project();
    sandbox.job("train", &[]).expect(0);
    let told = |set: &[&str]| sandbox.job("evaluate", set).expect(0).stdout;
    assert!(!told(&[]).contains("train again with the same"));
    // The same region by other means is the same.
    assert!(!told(&["--set", POLYGON]).contains("train again with the same"));
    assert!(told(&["--set", "dataset.roi=[[[0, 0], [80, 0], [80, 64]]]"]).contains("another region of interest"));
    sandbox.write("project.toml", sandbox.text("project.toml").replace("roi = \"roi.png\"", ""));
    assert!(told(&[]).contains("trained on a region of interest, but whole images are evaluated"));
}

#[test]
fn what_is_no_region_is_refused_before_anything_is_trained() {
    let sandbox = project();
    sandbox.image("small.png", 10, 10, [255; 3]);
    sandbox.image("black.png", 96, 64, [9; 3]);
    sandbox.write("broken.png", "no picture");
    for (value, part) in [
        ("none.png", "cannot read the region of interest"),
        ("broken.png", "broken.png cannot be used"),
        ("small.png", "small.png is 10x10, the images are 96x64"),
        ("black.png", "holds no pixel"),
        ("/dev/zero", "cannot read the region of interest"),
        ("[]", "holds no pixel"),
        ("[[[0, 0], [9, 9]]]", "polygon 1 of [dataset] roi has 2 corners"),
        ("[[[0, 0], [9, 9], [inf, 0]]]", "polygon 1 of [dataset] roi has a corner that is no finite number"),
        ("[[[0, 0], [2, 0], [2, 2], [0, 2]]]", "by at least half"),
        ("7", "expected the path of a picture"),
    ] {
        let outcome = sandbox.job("run", &["--set", &format!("dataset.roi={value}")]).expect(2);
        assert!(format!("{outcome}").contains(part), "{value}: {outcome}");
    }
    assert!(!sandbox.path("out/results.nnp").exists());
}
