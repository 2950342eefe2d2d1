//! Images that are larger than what a detector reads, through the whole program.

use std::io::Cursor;

use nnc_tests::{Outcome, Sandbox, rows, texture};

/// Height and width of the tiles.
const TILE: u32 = 64;

/// A picture of soft noise; `defect` marks a dark spot of 3x3 pixels at this place.
fn picture(width: u32, height: u32, seed: u32, defect: Option<[u32; 2]>) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let image = image::RgbImage::from_fn(width, height, |x, y| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let is_defect = defect.is_some_and(|[left, top]| (left..left + 3).contains(&x) && (top..top + 3).contains(&y));
        let light = if is_defect { 20 } else { 120 + (state >> 28) as u8 };
        image::Rgb([light, light, 120])
    });
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A project of images of `width` by `height`, four for training, and six to evaluate: three of them with a defect.
fn project(width: u32, height: u32) -> Sandbox {
    texture();
    let sandbox = Sandbox::new();
    let mut tables = [String::from("x:image,y:label\n"), String::from("x:image,y:label\n")];
    for seed in 0..10 {
        let test = seed > 3;
        let defect = (seed > 6).then(|| [width - 7 * seed, height - 5 * seed]);
        let name = format!("{seed}.png");
        sandbox.write(&name, picture(width, height, seed + 1, defect));
        tables[usize::from(test)] += &format!("{name},{}\n", u8::from(defect.is_some()));
    }
    let [train, test] = tables;
    sandbox.write("train.csv", train);
    sandbox.write("test.csv", test);
    sandbox.write(
        "project.toml",
        "[dataset.training]\nuri = \"train.csv\"\n[dataset.validation]\nuri = \"test.csv\"\n[plugin]\nname = \"texture\"\n\
         [plugin.params]\nwidth = 64\nheight = 64\ntolerance = 8192\n[threshold]\nfalse_alarm_rate = 0.3\n",
    );
    sandbox
}

const TILED: [&str; 2] = ["--set", "config.tile={ size = 64, overlap = 16 }"];

fn run(sandbox: &Sandbox, command: &str, more: &[&str]) -> Outcome {
    sandbox.job(command, &[&TILED[..], more].concat())
}

fn map(sandbox: &Sandbox, image: usize) -> Vec<Vec<f32>> {
    rows(&sandbox.text(&format!("out/outputs/0_0000/{image}.csv")))
}

#[test]
fn maps_and_scores_are_those_of_whole_images() {
    let sandbox = project(150, 90);
    let outcome = run(&sandbox, "run", &[]).expect(0);
    let told = "each image of 150x90 is read in 6 tiles of 64x64";
    assert_eq!(outcome.stdout.matches(told).count(), 2, "{outcome}");
    let table = sandbox.text("out/output_result.csv");
    assert!(table.starts_with("x:image,y:label,x'\n./4.png,0,./outputs/0_0000/0.csv\n"), "{table}");
    let evaluation = &sandbox.json("out/evaluation.json")["evaluation"];
    assert_eq!(evaluation["metrics"]["image"]["auroc"], 1.0);
    let tiles = serde_json::json!({"size": 64, "overlap": 16, "count": 6, "image": [90, 150]});
    assert_eq!(evaluation["origin"]["tiles"], tiles);
    // Another threshold makes another list of defects.
    let score = |row: usize| evaluation["rows"][row]["score"].as_f64().unwrap();
    let threshold = (score(0).max(score(1)).max(score(2)) + score(3).min(score(4)).min(score(5))) / 2.0;
    sandbox.host(&["report", "out", "--threshold", &threshold.to_string()]).expect(0);
    let listed = sandbox.text("out/defects.csv");
    assert!(listed.starts_with("path,defect,left,top,width,height,area,peak,peak_x,peak_y,mean\n7.png,1,"), "{listed}");
    for (row, seed) in (4..10).enumerate() {
        let map = map(&sandbox, row);
        assert_eq!((map.len(), map[0].len()), (23, 38));
        if seed > 6 {
            // The defect is where it was drawn, in whatever tile.
            let place = |map: &[Vec<f32>]| {
                let cells = (0..map.len()).flat_map(|y| (0..map[0].len()).map(move |x| (y, x)));
                cells.max_by(|a, b| map[a.0][a.1].total_cmp(&map[b.0][b.1])).unwrap()
            };
            let (y, x) = place(&map);
            let [left, top] = [150 - 7 * seed, 90 - 5 * seed];
            assert!(y.abs_diff(top / 4) <= 1 && x.abs_diff(left / 4) <= 1, "{seed}: {y} {x}");
            assert_eq!(score(row) as f32, map[y][x]);
            // One defect, whose box holds what was drawn.
            let lines: Vec<&str> = listed.lines().filter(|line| line.starts_with(&format!("{seed}.png,"))).collect();
            let [line] = lines[..] else { panic!("{listed}") };
            let numbers: Vec<f64> = line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
            let [number, across, down, width, height, area, peak, ..] = numbers[..] else { panic!("{line}") };
            assert!(number == 1.0 && peak as f32 == map[y][x] && area <= width * height, "{line}");
            assert!(across <= left as f64 && across + width >= left as f64 + 3.0, "{line}");
            assert!(down <= top as f64 && down + height >= top as f64 + 3.0, "{line}");
        }
    }
    let report = sandbox.text("out/report.html");
    assert!(report.contains("6 for each image of 150x90, of 64x64 pixels with an overlap of at least 16"));

    // The model knows its tiles; another number of threads, images at once or a break changes nothing.
    let first = sandbox.bytes("out/outputs/0_0000/5.csv");
    for more in [&["--threads", "1", "--batch-size", "1"][..], &["--threads", "3"], &["--batch-size", "7"]] {
        sandbox.job("evaluate", more).expect(0);
        assert!(sandbox.bytes("out/outputs/0_0000/5.csv") == first, "{more:?}");
    }
    // A project may overlap tiles more than the training did.
    let more = sandbox.job("evaluate", &["--set", "config.tile={ size = 64, overlap = 32 }"]).expect(0);
    assert!(more.stdout.contains("in 8 tiles"), "{more}");
}

#[test]
fn an_image_of_one_tile_has_the_same_map_byte_for_byte() {
    let sandbox = project(TILE, TILE);
    sandbox.job("run", &[]).expect(0);
    let files = ["output_result.csv", "outputs/0_0000/0.csv", "outputs/0_0000/5.csv", "scores.csv"];
    let whole = files.map(|name| sandbox.bytes(&format!("out/{name}")));
    run(&sandbox, "run", &[]).expect(0);
    for (name, whole) in files.iter().zip(whole) {
        assert!(sandbox.bytes(&format!("out/{name}")) == whole, "{name}");
    }
}

#[test]
fn images_smaller_than_a_tile_have_a_map_of_their_size() {
    let sandbox = project(80, 50);
    run(&sandbox, "run", &[]).expect(0);
    let map = map(&sandbox, 0);
    assert_eq!((map.len(), map[0].len()), (13, 20));
    assert_eq!(sandbox.json("out/evaluation.json")["evaluation"]["metrics"]["image"]["auroc"], 1.0);
}

#[test]
fn what_does_not_fit_is_told_before_anything_is_trained() {
    let sandbox = project(150, 90);
    for (set, code, parts) in [
        ("config.tile={ size = 96 }", 2, &["size 96", "texture reads `x` [3, 64, 64]"][..]),
        ("config.tile={ overlap = 200 }", 2, &["overlap = 200", "0 to 112"]),
        ("config.tile={ size = 1e9 }", 2, &["invalid type"]),
        ("config.tile={ width = 64 }", 2, &["width"]),
        ("config.tile.width=64", 2, &["width", "size"]),
    ] {
        let outcome = sandbox.job("run", &["--set", set]);
        assert_eq!(outcome.code, Some(code), "{set}: {outcome}");
        assert!(parts.iter().all(|part| format!("{outcome}").contains(part)), "{set}: {outcome}");
    }
    let cell = run(&sandbox, "run", &["--param", "cell=5"]).expect(2);
    assert!(format!("{cell}").contains("output `x'` of plugin texture has shape [12, 12]"), "{cell}");
    // All images of a dataset have the size of the first one.
    sandbox.write("3.png", picture(150, 91, 4, None));
    let other = run(&sandbox, "run", &[]).expect(3);
    assert!(format!("{other}").contains("3.png") && format!("{other}").contains("150"), "{other}");
    // An evaluation of other images than the project's is refused before the training, too.
    sandbox.write("3.png", picture(150, 90, 4, None));
    sandbox.write("4.png", b"no picture");
    let broken = run(&sandbox, "run", &[]).expect(3);
    assert!(format!("{broken}").contains("4.png"), "{broken}");
    assert!(!sandbox.path("out/results.nnp").exists());
}
