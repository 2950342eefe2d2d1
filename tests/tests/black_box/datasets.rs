//! Datasets with something wrong in them, through `train` and `dataset check`: exit code 3, and a message with file
//! and line.

use std::io::Cursor;

use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, RgbaImage};
use nnc_tests::{Outcome, Sandbox, assert_told, cut_short, solid};

const CHECK: [&str; 7] = ["dataset", "check", "train.csv", "--size", "8x8", "--channels", "3"];

/// Trains on `train.csv` and checks it; both have to refuse it with exit code 3 and the same problem, which is returned.
#[track_caller]
fn refused(sandbox: &Sandbox, csv: impl AsRef<[u8]>) -> String {
    sandbox.write("train.csv", csv);
    let train = sandbox.job("train", &[]).expect(3);
    assert_eq!(train.errors().len(), 1, "{train}");
    assert_eq!(sandbox.json("out/train_status.json")["status"], "failed");
    assert_eq!(sandbox.json("out/train_status.json")["last_error"]["code"], "3");
    assert_eq!(sandbox.names("out"), ["train_log.txt", "train_status.json"]);

    let problem = train.errors()[0].rsplit_once("[worker]: [ERROR]: ").unwrap().1.to_owned();
    let check = sandbox.host(&CHECK).expect(3);
    format!("train: {problem}\ncheck: {}{}", check.stdout, check.stderr)
}

#[track_caller]
fn accepted(sandbox: &Sandbox, csv: impl AsRef<[u8]>, rows: usize) -> Outcome {
    sandbox.write("train.csv", csv);
    let train = sandbox.job("train", &["--json"]).expect(0);
    let result: serde_json::Value = serde_json::from_str(&train.stdout).unwrap();
    assert_eq!(result["train"]["images"], rows);
    let check = sandbox.host(&CHECK).expect(0);
    assert!(check.stdout.contains(&format!("{rows} rows, no problem found")), "{check}");
    check
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn tables_with_something_wrong_are_told_with_their_line() {
    let sandbox = Sandbox::with_project();
    let good = "train/0.png";
    std::fs::create_dir(sandbox.path("folder.png")).unwrap();
    let mut told = String::new();
    for csv in [
        format!("x,y\n{good},0\n{good}\n"),
        format!("x,y\n{good},0,1\n"),
        String::new(),
        "x,y\n".to_owned(),
        "x,y".to_owned(),
        format!("x,\n{good},0\n"),
        format!("#x,#y\n{good},0\n"),
        format!("x,y\n\"{good},0\n"),
        format!("x\n{good}\nnone.png\n"),
        "x\n\ntrain/9.png\n".to_owned(),
        format!("x\n{good}\nphoto.heic\n"),
        "x\nphoto\n".to_owned(),
        "x\n\"\"\n".to_owned(),
        "x\ntrain.png/0.png\n".to_owned(),
        "x\nhttps://a.b/c.png\n".to_owned(),
        format!("x\n{good}\n5\n"),
        "x\nfolder.png\n".to_owned(),
    ] {
        told += &format!("--- {csv:?}\n{}", refused(&sandbox, &csv));
    }
    assert_told!(sandbox, "tables", told);
    let no_text = refused(&sandbox, b"x,y\ntrain/0.png,0\ntrain/caf\xe9.png,0\n");
    assert_told!(sandbox, "table_that_is_no_text", no_text);
}

#[test]
fn images_that_do_not_fit_are_told_with_file_and_line() {
    let sandbox = Sandbox::with_project();
    // Hard to compress, so that what is cut off is pixels.
    let noise =
        RgbImage::from_fn(8, 8, |x, y| Rgb([((x * 37) ^ (y * 91)) as u8, (x * y * 29) as u8, (x + y * 57) as u8]));
    let cut = |format| cut_short(&encoded(noise.clone(), format)).to_vec();
    let wide: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_pixel(8, 8, Luma([40_000]));
    let wide_rgb: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_pixel(8, 8, Rgb([40_000, 1, 2]));
    let mut told = String::new();
    for (name, bytes) in [
        ("size.png", solid("a.png".as_ref(), 9, 8, [1, 2, 3])),
        ("size.jpg", solid("a.jpg".as_ref(), 8, 7, [1, 2, 3])),
        ("grey16.png", encoded(wide.clone(), ImageFormat::Png)),
        ("grey16.tif", encoded(wide, ImageFormat::Tiff)),
        ("rgb16.png", encoded(wide_rgb, ImageFormat::Png)),
        ("rgba.png", encoded(RgbaImage::new(8, 8), ImageFormat::Png)),
        ("la.png", encoded(GrayAlphaImage::new(8, 8), ImageFormat::Png)),
        ("grey.png", encoded(GrayImage::new(8, 8), ImageFormat::Png)),
        ("grey.bmp", encoded(GrayImage::new(8, 8), ImageFormat::Bmp)),
        ("grey.jpg", encoded(GrayImage::new(8, 8), ImageFormat::Jpeg)),
        ("cut.png", cut(ImageFormat::Png)),
        ("cut.jpg", cut(ImageFormat::Jpeg)),
        ("cut.bmp", cut(ImageFormat::Bmp)),
        ("cut.gif", cut(ImageFormat::Gif)),
        ("cut.tif", cut(ImageFormat::Tiff)),
        ("empty.png", Vec::new()),
        ("text.png", b"not an image".to_vec()),
    ] {
        sandbox.write(name, bytes);
        // The last of several rows, behind a blank line: lines are counted as an editor counts them.
        let csv = format!("x,y\ntrain/0.png,0\n\ntrain/1.png,0\n{name},0\n");
        told += &format!("--- {name}\n{}", refused(&sandbox, &csv));
    }
    assert_told!(sandbox, "images", told);
}

#[test]
fn what_editors_and_exporters_do_to_a_table_is_understood() {
    let sandbox = Sandbox::with_project();
    accepted(&sandbox, "x\ntrain/0.png\ntrain/1.png\n", 2);
    accepted(
        &sandbox,
        "\u{feff}x:image,y:label\r\n.\\train\\0.png,0\r\n\\train\\..\\train/1.png,0\r\n".replace("\\train\\..", "."),
        2,
    );
    accepted(&sandbox, "x,y\n\ntrain/0.png,0\n\n\ntrain/1.png,0\n\n", 2);
    accepted(&sandbox, "#note,x,#,y\nnone.png,train/0.png,,0\n\"a,\nb\",train/1.png,1,0", 2);
    accepted(&sandbox, "y,x:the: image\n0,\"train/0.png\"\n", 1);
    accepted(&sandbox, format!("x\n{}\n", sandbox.path("train/0.png").display()), 1);
    for name in ["a.bmp", "a.gif", "a.tif", "a.tiff", "a.jpg", "a.jpeg", "a.PNG"] {
        sandbox.image(name, 8, 8, [9, 9, 9]);
        accepted(&sandbox, format!("x\n{name}\n"), 1);
    }
}

/// A JPEG whose EXIF data say that it lies on its side.
fn turned_jpeg() -> Vec<u8> {
    let exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let plain = encoded(RgbImage::from_pixel(8, 8, Rgb([100; 3])), ImageFormat::Jpeg);
    [&plain[..2], exif, &plain[2..]].concat()
}

#[test]
fn what_images_hold_beside_their_pixels_is_told_once() {
    let sandbox = Sandbox::with_project();
    let mut frames = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut frames);
    encoder.encode(&[9; 192], 8, 8, image::ExtendedColorType::Rgb8).unwrap();
    encoder.encode(&[8; 192], 8, 8, image::ExtendedColorType::Rgb8).unwrap();
    drop(encoder);
    std::fs::create_dir_all(sandbox.path("photos/0")).unwrap();
    for (name, bytes) in [("t.jpg", turned_jpeg()), ("u.jpg", turned_jpeg()), ("f.gif", frames)] {
        sandbox.write(&format!("train/{name}"), &bytes);
        sandbox.write(&format!("photos/0/{name}"), &bytes);
    }
    let rows = "train/0.png,0\ntrain/t.jpg,0\ntrain/u.jpg,0\ntrain/f.gif,0\n";
    let once = |outcome: &Outcome, part: &str| {
        assert_eq!(outcome.stdout.matches(part).count(), 1, "{part}\n{outcome}");
    };
    let parts = [
        "images with an EXIF orientation: 2 of 4, the first is train/t.jpg",
        "images with further pages or frames: 1 of 4, the first is train/f.gif",
    ];
    sandbox.write("train.csv", format!("x,y\n{rows}"));
    let check = sandbox.host(&CHECK).expect(0);
    let train = sandbox.job("train", &["--set", "config.batch_size=1"]).expect(0);
    parts.iter().for_each(|part| once(&check, part));
    parts.iter().for_each(|part| once(&train, &format!("train.csv: {part}")));
    assert!(!check.stdout.contains("colour profile"), "{check}");
    sandbox.write("test.csv", "x,y\ntest/0.png,0\ntrain/u.jpg,1\n");
    once(&sandbox.job("evaluate", &[]).expect(0), "images with an EXIF orientation: 1 of 2, the first is train/u.jpg");
    let create =
        sandbox.host(&["dataset", "create", "photos", "-o", "made", "--width", "8", "--height", "8"]).expect(0);
    once(&create, "note: images with an EXIF orientation: 2 of 3, the first is 0/t.jpg");
    once(&create, "note: images with further pages or frames: 1 of 3, the first is 0/f.gif");
    let japanese = sandbox.host(&[&CHECK[..], &["--lang", "ja"]].concat()).expect(0);
    once(&japanese, "EXIF の回転情報がある画像が 4 枚中 2 枚あります（最初は train/t.jpg）");
}

#[test]
fn a_check_lists_every_problem() {
    let sandbox = Sandbox::with_project();
    sandbox.image("small.png", 4, 4, [1; 3]);
    sandbox.write("bad.png", "text");
    sandbox.write("train.csv", "x,y\ntrain/0.png,0\nnone.png,0\nsmall.png,0\nbad.png,zero.xyz\ntrain/1.png,0\n");
    assert_told!(sandbox, "every_problem", sandbox.host(&CHECK).expect(3));
    let outcome = sandbox.host(&[&CHECK[..], &["--json"]].concat()).expect(3);
    let report: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["rows"], 5);
    assert_eq!(report["problems"].as_array().unwrap().len(), 4);

    // Without a size, the images have to be of one size.
    sandbox.write("train.csv", "x\ntrain/0.png\nsmall.png\ntrain/1.png\n");
    let outcome = sandbox.host(&["dataset", "check", "train.csv"]).expect(3);
    assert!(outcome.stdout.contains("train.csv line 3") && outcome.stdout.lines().count() == 1, "{outcome}");
}

/// A cache with one chunk of images of one grey each, and nothing left of the files that its table names.
fn write_cache(sandbox: &Sandbox, name: &str, descr: &str, greys: &[u8], value: impl Fn(u8) -> Vec<u8>) {
    let shape = format!("({}, 3, 8, 8)", greys.len());
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let mut chunk = b"\x93NUMPY\x01\x00".to_vec();
    chunk.extend((header.len() as u16).to_le_bytes());
    chunk.extend(header.as_bytes());
    greys.iter().for_each(|&grey| chunk.extend(value(grey).repeat(3 * 8 * 8)));
    sandbox.write(&format!("{name}/0.npy"), chunk);
    sandbox.write(&format!("{name}/cache_index.csv"), format!("0.npy,{}\n", greys.len()));
    sandbox.write(&format!("{name}/cache_info.csv"), "x\n");
    let rows: String = greys.iter().map(|grey| format!("gone/{grey}.png\n")).collect();
    sandbox.write(&format!("{name}/original.csv"), format!("x\n{rows}"));
}

#[test]
fn images_that_two_datasets_share_are_found_in_a_cache_too() {
    let sandbox = Sandbox::with_project();
    let against = |other: &str| sandbox.host(&["dataset", "check", "train.csv", "--against", other]);
    assert!(against("train.csv").expect(3).stdout.contains("the same image as train.csv line 2, ./train/0.png"));
    // Grey 103 is image 3 of the training set; nothing of the cache's own files is there.
    write_cache(&sandbox, "old.cache", "|u1", &[106, 103], |grey| vec![grey]);
    let outcome = against("old.cache").expect(3);
    let told = "train.csv line 5, ./train/3.png: the same image as old.cache line 3, gone/103.png";
    assert!(outcome.stdout.contains(told), "{outcome}");
    assert_eq!(outcome.stdout.lines().count(), 1, "{outcome}");

    // What cannot be compared is not taken for different.
    write_cache(&sandbox, "floats.cache", "<f4", &[103], |grey| f32::from(grey).to_le_bytes().to_vec());
    let outcome = against("floats.cache").expect(3);
    assert!(outcome.stdout.starts_with("no row of floats.cache holds an image that can be read"), "{outcome}");
    sandbox.write("numbers.csv", "x\n1\n");
    assert!(against("numbers.csv").expect(3).stdout.starts_with("no row of numbers.csv holds an image"));
    sandbox.write("half.csv", "x\ngone.png\ntest/5.png\n");
    let outcome = against("half.csv").expect(0);
    assert!(outcome.stdout.starts_with("warning: 1 of 2 rows of half.csv hold no image that can be read"), "{outcome}");

    let create =
        |other: &str| sandbox.host(&["dataset", "create", "photos", "-o", "out", "--force", "--against", other]);
    sandbox.image("photos/0/a.png", 8, 8, [103; 3]);
    create("floats.cache").expect(3).complains(&["no row of floats.cache holds an image"]);
    let outcome = create("half.csv").expect(0);
    assert!(outcome.stdout.contains("note: 1 of 2 rows of half.csv hold no image that can be read"), "{outcome}");
}

#[test]
fn checks_with_wrong_arguments_are_wrong_usage() {
    let sandbox = Sandbox::with_project();
    for (arguments, code) in [
        (&["dataset", "check", "train.csv", "--size", "8", "--channels", "3"][..], 2),
        (&["dataset", "check", "train.csv", "--size", "0x8", "--channels", "3"], 2),
        (&["dataset", "check", "train.csv", "--size", "8x8"], 2),
        (&["dataset", "check", "none.csv"], 3),
        (&["dataset", "check", "train"], 3),
    ] {
        let outcome = sandbox.host(arguments).expect(code);
        assert!(outcome.stderr.starts_with("error: "), "{outcome}");
    }
}

#[test]
fn a_bad_image_in_the_middle_of_an_evaluation_is_a_data_error() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    sandbox.write("test/4.png", "text");
    let outcome = sandbox.job("evaluate", &[]).expect(3);
    assert_eq!(outcome.errors().len(), 1, "{outcome}");
    assert!(outcome.errors()[0].contains("test.csv line 6"), "{outcome}");
    assert!(!sandbox.path("out/outputs").exists());
    assert_eq!(sandbox.json("out/evaluate_status.json")["status"], "failed");
}

#[test]
fn transparent_and_16_bit_images_become_plain_ones_when_that_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.image("photos/0/a.png", 4, 4, [1, 2, 3]);
    let veil = RgbaImage::from_pixel(4, 4, image::Rgba([200, 100, 0, 51]));
    sandbox.write("photos/0/b.png", encoded(veil, ImageFormat::Png));
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_pixel(4, 4, Rgb([65_535, 257, 0]));
    sandbox.write("photos/0/c.png", encoded(deep, ImageFormat::Png));
    let create = |more: &[&str]| {
        let usual = ["dataset", "create", "photos", "-o", "out", "-w", "4", "-g", "4", "--json", "--force"];
        let outcome = sandbox.host(&[&usual[..], more].concat()).expect(0);
        let summary: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        let kinds = |list: &str, key: &str| -> Vec<String> {
            let rows = summary[list].as_array().unwrap();
            rows.iter().map(|row| format!("{}: {}", row["path"].as_str().unwrap(), row[key])).collect()
        };
        (kinds("left_out", "kind"), kinds("changed", "changes"))
    };
    let pixel = |name: &str| {
        let image = image::load_from_memory(&sandbox.bytes(&format!("out/0/{name}"))).unwrap();
        assert_eq!(image.color(), image::ColorType::Rgb8);
        image.into_rgb8().get_pixel(2, 2).0
    };
    let (left_out, changed) = create(&[]);
    assert_eq!(left_out, ["0/b.png: \"alpha\"", "0/c.png: \"sixteen-bit\""]);
    assert!(changed.is_empty(), "{changed:?}");
    for (alpha, colour, change) in [
        ("drop", [200, 100, 0], "alpha-dropped"),
        ("white", [244, 224, 204], "alpha-blended"),
        ("black", [40, 20, 0], "alpha-blended"),
    ] {
        let (left_out, changed) = create(&["--alpha", alpha, "--scale-16bit"]);
        assert!(left_out.is_empty(), "{left_out:?}");
        assert_eq!(changed, [format!("0/b.png: [\"{change}\"]"), "0/c.png: [\"sixteen-bit-scaled\"]".to_owned()]);
        assert_eq!((pixel("b.png"), pixel("c.png")), (colour, [255, 1, 0]), "{alpha}");
    }
    sandbox.host(&["dataset", "check", "out/photos.csv", "--size", "4x4", "--channels", "3"]).expect(0);
    sandbox.host(&["dataset", "create", "photos", "-o", "other", "--alpha", "grey"]).expect(2).complains(&["--alpha"]);
}

#[test]
fn a_table_without_x_is_checked_by_its_first_variable() {
    let sandbox = Sandbox::with_project();
    sandbox.write("passengers.csv", "age,survived\n22,0\n38,1\n");
    sandbox.host(&["dataset", "check", "passengers.csv"]).expect(0);
    sandbox.write("images.csv", "picture,y\ntrain/0.png,0\n");
    sandbox.host(&["dataset", "check", "images.csv", "--against", "images.csv"]).expect(3);
    let asked = sandbox.host(&["dataset", "check", "images.csv", "--variable", "x"]).expect(3);
    assert!(asked.stdout.contains("images.csv has no variable \"x\", it has \"picture\", \"y\""), "{asked}");
}

#[test]
fn of_several_that_make_one_dataset_one_does() {
    let sandbox = Sandbox::new();
    for image in 0..3 {
        sandbox.image(&format!("photos/0/{image}.png"), 8, 8, [100; 3]);
    }
    for round in 0..12 {
        let out = format!("out{round}");
        let running: Vec<_> = (0..3)
            .map(|_| {
                let mut command =
                    sandbox.command(&["dataset", "create", "photos", "-o", &out, "-w", "8", "-g", "8", "-q"]);
                std::thread::spawn(move || command.output().unwrap())
            })
            .collect();
        let ended: Vec<_> = running.into_iter().map(|running| running.join().unwrap()).collect();
        let made = ended.iter().filter(|ended| ended.status.success()).count();
        assert_eq!(made, 1, "{ended:?}");
        for ended in ended.iter().filter(|ended| !ended.status.success()) {
            assert_eq!(ended.stderr.iter().filter(|byte| **byte == b'\n').count(), 1, "{ended:?}");
        }
        assert!(sandbox.names(&out).iter().any(|name| name.ends_with(".csv")));
        assert!(!sandbox.path(&format!(".{out}.partial")).exists());
    }
}
