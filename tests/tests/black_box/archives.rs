//! `dataset create` with untrusted archives: each that is hostile or broken gives one clear error or one row of the
//! summary, and nothing is left behind.

use std::time::Duration;

use nnc_tests::{
    Outcome, Packed, Running, Sandbox, crc32, cut_short, gzipped, solid, tar_header, tar_member, tarred, wait_until,
    zipped,
};
use serde_json::Value;

fn png(grey: u8) -> Vec<u8> {
    solid("a.png".as_ref(), 8, 8, [grey, grey, 200])
}

fn good(name: &str) -> Packed {
    Packed::file(name, png(name.len() as u8))
}

fn create(sandbox: &Sandbox, source: &str, more: &[&str]) -> Outcome {
    let size = ["dataset", "create", source, "-o", "out", "-w", "8", "-g", "8"];
    sandbox.host(&[&size[..], more].concat())
}

/// The archive has to be refused with exit code 3 and one line with all `parts`, and leave nothing.
#[track_caller]
fn refused(name: &str, archive: Vec<u8>, parts: &[&str]) {
    let sandbox = Sandbox::of_a_newcomer();
    sandbox.write(name, archive);
    let outcome = create(&sandbox, name, &[]).expect(3).complains(&[&["error: ", name], parts].concat());
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    assert!(!outcome.stdout.contains("successfully"), "{outcome}");
    assert_eq!(sandbox.names("."), [name]);
}

/// One file of the archive has to be left out for `kind`, and the other image be there.
#[track_caller]
fn left_out(name: &str, archive: Vec<u8>, path: &str, kind: &str) {
    let sandbox = Sandbox::of_a_newcomer();
    sandbox.write(name, archive);
    let outcome = create(&sandbox, name, &["--json"]).expect(0);
    let summary: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let rows = summary["left_out"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{outcome}");
    assert_eq!((rows[0]["path"].as_str(), rows[0]["kind"].as_str()), (Some(path), Some(kind)), "{outcome}");
    assert_eq!(summary["converted"], 1, "{outcome}");
    assert_eq!(sandbox.names("."), [name, "out"]);
    assert_eq!(
        sandbox.names("out"),
        [".dataset-create.json", "0", &format!("{}.csv", name.split('.').next().unwrap())]
    );
}

#[test]
fn bombs_are_refused() {
    let zeros = Packed::file("0/a.png", vec![0; 24 << 20]);
    refused("bomb.zip", zipped(&[zeros.clone(), good("0/b.png")]), &["zip bomb", "--max-ratio"]);
    let tar = tarred(&[tar_member("0/a.png", b'0', &zeros.bytes)]);
    refused("bomb.tar.gz", gzipped(&tar), &["zip bomb", "--max-ratio"]);
    refused("bomb.gz", gzipped(&tar), &["zip bomb"]);

    // Two members with one content: the directory names the first twice.
    let mut archive = zipped(&[good("0/a.png"), good("0/b.png")]);
    let second = archive.windows(4).rposition(|mark| mark == b"PK\x01\x02").unwrap();
    archive[second + 42..second + 46].fill(0);
    refused("shared.zip", archive, &["overlap"]);

    let sandbox = Sandbox::of_a_newcomer();
    sandbox.write("many.zip", zipped(&[good("0/a.png"), good("0/b.png"), good("0/c.png")]));
    create(&sandbox, "many.zip", &["--max-files", "2"]).expect(3).complains(&["3 files", "--max-files"]);
    create(&sandbox, "many.zip", &["--max-total", "200"]).expect(3).complains(&["bytes", "--max-total"]);
    sandbox.write("many.tar", tarred(&[tar_member("0/a.png", b'0', &png(1)), tar_member("0/b.png", b'0', &png(2))]));
    create(&sandbox, "many.tar", &["--max-files", "1"]).expect(3).complains(&["--max-files"]);
    create(&sandbox, "many.tar", &["--max-total", "1000"]).expect(3).complains(&["--max-total"]);
    create(&sandbox, "many.zip", &["--max-file-size", "10"])
        .expect(3)
        .complains(&["No image file found", "--max-file-size"]);
    assert_eq!(sandbox.names("."), ["many.tar", "many.zip"]);
}

/// An archive that Python writes with this compression.
fn packed_by_python(sandbox: &Sandbox, name: &str, method: &str) {
    let script = format!(
        "import zipfile\nz = zipfile.ZipFile('{name}', 'w', zipfile.{method})\n\
         [z.write(n, '0/' + n) for n in ('a.png', 'b.png')]\nz.close()"
    );
    let mut python = std::process::Command::new("python3");
    python.args(["-c", &script]).current_dir(sandbox.path("."));
    nnc_tests::finish(python).expect(0);
}

#[test]
fn members_are_read_by_every_usual_compression() {
    let sandbox = Sandbox::of_a_newcomer();
    for name in ["a.png", "b.png"] {
        // Large enough for a chain of blocks, and hardly shrinking.
        let noise =
            image::RgbImage::from_fn(90, 70, |x, y| image::Rgb([x * y % 251, x ^ y, x * 7 + y * 3].map(|v| v as u8)));
        noise.save(sandbox.path(name)).unwrap();
    }
    packed_by_python(&sandbox, "deflate.zip", "ZIP_DEFLATED");
    packed_by_python(&sandbox, "bzip2.zip", "ZIP_BZIP2");
    packed_by_python(&sandbox, "lzma.zip", "ZIP_LZMA");
    // What has no run of 258 equal bytes is the same in Deflate64, which Windows writes for large files.
    let mut deflate64 = zipped(&[good("0/a.png"), good("0/b.png")]);
    for (mark, at) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let starts: Vec<usize> =
            (0..deflate64.len() - 4).filter(|&start| deflate64[start..].starts_with(mark)).collect();
        starts.into_iter().for_each(|start| deflate64[start + at] = 9);
    }
    sandbox.write("deflate64.zip", &deflate64);
    for name in ["deflate", "bzip2", "lzma", "deflate64"] {
        let size = ["dataset", "create", &format!("{name}.zip"), "-o", name, "-w", "8", "-g", "8"];
        let outcome = sandbox.host(&size).expect(0);
        assert!(outcome.stdout.contains("2 of 2 images"), "{outcome}");
    }
    for name in ["bzip2", "lzma"] {
        let made = |name: &str| std::fs::read(sandbox.path(&format!("{name}/0/b.png"))).unwrap();
        assert!(made(name) == made("deflate"), "{name}");
        // Damaged somewhere in the middle, and what says less than it holds.
        let archive = std::fs::read(sandbox.path(&format!("{name}.zip"))).unwrap();
        let second = archive.windows(4).rposition(|mark| mark == b"PK\x03\x04").unwrap();
        let mut flipped = archive.clone();
        flipped[second + 200] ^= 0x55;
        left_out_of_two(&flipped);
        let mut short = archive.clone();
        let directory = archive.windows(4).rposition(|mark| mark == b"PK\x01\x02").unwrap();
        for at in [second + 22, directory + 24] {
            short[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
        left_out_of_two(&short);
    }
    // Zeros shrink to far less than any image does.
    let bomb = "import zipfile\nz = zipfile.ZipFile('bomb.zip', 'w', zipfile.ZIP_BZIP2)\nz.writestr('0/a.png', bytes(1 << 25))";
    let mut python = std::process::Command::new("python3");
    python.args(["-c", bomb]).current_dir(sandbox.path("."));
    nnc_tests::finish(python).expect(0);
    create(&sandbox, "bomb.zip", &[]).expect(3).complains(&["zip bomb", "--max-ratio"]);
}

/// The second of two images has to be left out as unreadable.
#[track_caller]
fn left_out_of_two(archive: &[u8]) {
    let sandbox = Sandbox::of_a_newcomer();
    sandbox.write("a.zip", archive);
    let summary = create(&sandbox, "a.zip", &["--json"]).expect(0);
    let summary: Value = serde_json::from_str(&summary.stdout).unwrap();
    assert_eq!(
        (&summary["converted"], &summary["left_out"][0]["kind"]),
        (&1.into(), &"unreadable".into()),
        "{summary}"
    );
}

#[test]
fn names_that_lead_outside_are_refused() {
    for name in ["../evil.png", "0/../../evil.png", "/evil.png", "C:\\evil.png", "0\\..\\..\\evil.png"] {
        refused("a.zip", zipped(&[good("0/a.png"), good(name)]), &["evil.png", "nothing was unpacked"]);
        let tar = tarred(&[tar_member("0/a.png", b'0', &png(1)), tar_member(name, b'0', &png(2))]);
        refused("a.tar", tar.clone(), &["evil.png", "nothing was unpacked"]);
        refused("a.tgz", gzipped(&tar), &["evil.png", "nothing was unpacked"]);
    }
}

#[test]
fn links_and_devices_are_never_followed() {
    let link = Packed { mode: 0o120_777, ..Packed::file("0/link.png", "/etc/passwd") };
    left_out("a.zip", zipped(&[good("0/a.png"), link]), "0/link.png", "link");
    let device = Packed { mode: 0o020_644, ..Packed::file("0/tty.png", "") };
    left_out("a.zip", zipped(&[good("0/a.png"), device]), "0/tty.png", "no-file");
    for (kind, expected) in [(b'1', "link"), (b'2', "link"), (b'3', "no-file"), (b'6', "no-file"), (b'S', "no-file")] {
        let mut odd = tar_header("0/odd.png", kind, 0);
        odd[157..168].copy_from_slice(b"/etc/passwd");
        let sum: u64 =
            odd.iter().enumerate().map(|(at, &b)| if (148..156).contains(&at) { 32 } else { u64::from(b) }).sum();
        odd[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        left_out("a.tar", tarred(&[tar_member("0/a.png", b'0', &png(1)), odd]), "0/odd.png", expected);
    }
}

#[test]
fn what_is_cut_short_damaged_or_encrypted_is_refused() {
    let zip = zipped(&[good("0/a.png"), good("0/b.png")]);
    refused("cut.zip", zip[..zip.len() - 30].to_vec(), &["damaged or cut short"]);
    refused("cut.zip", zip[..100].to_vec(), &["damaged or cut short"]);
    let tar = tarred(&[tar_member("0/a.png", b'0', &png(1)), tar_member("0/b.png", b'0', &png(2))]);
    refused("cut.tar", tar[..1300].to_vec(), &["damaged or cut short"]);
    refused("cut.tar", tar[..tar.len() - 1024].to_vec(), &["end mark is missing"]);
    let gz = gzipped(&tar);
    refused("cut.tar.gz", gz[..gz.len() - 4].to_vec(), &["damaged or cut short"]);
    refused("cut.tgz", gz[..gz.len() / 2].to_vec(), &["damaged or cut short"]);
    let mut flipped = tar.clone();
    flipped[1024] ^= 0x55;
    refused("flip.tar", flipped, &["damaged or cut short"]);

    let locked = Packed { flags: 1, ..good("0/b.png") };
    refused("locked.zip", zipped(&[good("0/a.png"), locked]), &["encrypted", "0/b.png"]);

    // A member whose content does not fit its checksum.
    let mut archive = zipped(&[good("0/a.png"), good("0/bb.png")]);
    for mark in [b"PK\x03\x04", b"PK\x01\x02"] {
        let at = archive.windows(4).rposition(|found| found == mark).unwrap();
        let crc = if mark[2] == 3 { at + 14 } else { at + 16 };
        archive[crc] ^= 1;
    }
    left_out("crc.zip", archive, "0/bb.png", "unreadable");
}

#[test]
fn huge_headers_are_refused_before_they_are_read() {
    for kind in [b'L', b'x', b'g'] {
        let huge = [tar_header("long", kind, 4 << 30), vec![b'a'; 4096]].concat();
        refused("huge.tar", tarred(&[huge]), &["header of 4294967296 bytes"]);
    }
    // A file that claims more than there is.
    refused("huge.tar", tarred(&[tar_header("0/a.png", b'0', 7 << 30)]), &["damaged or cut short"]);
    let long = format!("0/{}.png", "n".repeat(150));
    let tar =
        tarred(&[tar_member("././@LongLink", b'L', format!("{long}\0").as_bytes()), tar_member("x", b'0', &png(1))]);
    let sandbox = Sandbox::of_a_newcomer();
    sandbox.write("long.tar", tar);
    create(&sandbox, "long.tar", &[]).expect(0);
    assert!(sandbox.path(&format!("out/{long}")).exists());
}

#[test]
fn images_of_absurd_size_and_files_that_are_no_images_are_left_out() {
    // A header that claims 200000 x 200000 pixels, its checksum right.
    let mut absurd = png(1);
    absurd[16..24].copy_from_slice(&[200_000u32.to_be_bytes(), 200_000u32.to_be_bytes()].concat());
    let crc = crc32(&absurd[12..29]);
    absurd[29..33].copy_from_slice(&crc.to_be_bytes());
    left_out("a.zip", zipped(&[good("0/a.png"), Packed::file("0/big.png", absurd)]), "0/big.png", "too-large");
    left_out("a.zip", zipped(&[good("0/a.png"), Packed::file("0/text.png", "text")]), "0/text.png", "damaged");
    left_out("a.zip", zipped(&[good("0/a.png"), Packed::file("0/empty.jpg", "")]), "0/empty.jpg", "damaged");
    left_out(
        "a.zip",
        zipped(&[good("0/a.png"), Packed::file("0/cut.png", cut_short(&png(3)))]),
        "0/cut.png",
        "damaged",
    );
    left_out("a.zip", zipped(&[good("0/a.png"), Packed::file("0/run.exe", "MZ")]), "0/run.exe", "no-image");
    left_out("a.zip", zipped(&[good("0/a.png"), Packed::file("0/a\x07.png", png(3))]), "0/a .png", "bad-name");
    // A needle: 1 x 3 pixels are fine, thousands of times as high as wide are not.
    let needle = solid("a.png".as_ref(), 1, 2_000_000, [1; 3]);
    left_out(
        "a.tgz",
        gzipped(&tarred(&[tar_member("0/a.png", b'0', &png(1)), tar_member("0/n.png", b'0', &needle)])),
        "0/n.png",
        "too-large",
    );
    // Nothing but such files is no dataset.
    refused("none.zip", zipped(&[Packed::file("0/text.png", "text")]), &["none of the 1 images", "0/text.png"]);
    refused("none.zip", zipped(&[good("a.png")]), &["Subdirectory not found"]);
    refused("none.zip", zipped(&[]), &["Subdirectory not found"]);
    refused("none.zip", zipped(&[good("a/0/a.png"), good("b/0/b.png")]), &["No image file found", "a/0/a.png"]);
}

#[test]
fn the_content_says_what_a_file_is() {
    let zip = zipped(&[good("0/a.png")]);
    let tar = tarred(&[tar_member("0/a.png", b'0', &png(7))]);
    for (name, archive, is) in [("a.tar", &zip, "a zip"), ("a.zip", &tar, "a tar"), ("a.zip", &gzipped(&tar), "gzip")] {
        let sandbox = Sandbox::of_a_newcomer();
        sandbox.write(name, archive);
        let outcome = create(&sandbox, name, &[]).expect(0);
        assert!(outcome.stdout.lines().any(|line| line.starts_with("note: ") && line.contains(is)), "{outcome}");
        assert_eq!(sandbox.text("out/a.csv"), "x:image,y:label\n./0/a.png,0\n");
    }
    refused("a.zip", b"text".to_vec(), &["unknown kind"]);
    refused("a.zip", Vec::new(), &["an empty file"]);
    refused("a.zip", b"7z\xbc\xaf\x27\x1c....".to_vec(), &["a 7z archive"]);
    refused("a.png", png(1), &["a single image"]);
    refused("a.png.gz", gzipped(&png(1)), &["gzip around a single image"]);
    refused("a.zip.gz", gzipped(&zip), &["gzip around another archive"]);
    let sandbox = Sandbox::of_a_newcomer();
    create(&sandbox, "none.zip", &[]).expect(3).complains(&["none.zip"]);
}

#[test]
fn japanese_names_are_read_in_every_encoding() {
    // "正常/傷.png" in Shift-JIS and in UTF-8; nothing in the archive says which.
    for name in [&b"\x90\xb3\x8f\xed/\x8f\x9d.png"[..], "正常/傷.png".as_bytes()] {
        let sandbox = Sandbox::of_a_newcomer();
        sandbox.write("a.zip", zipped(&[Packed::file(name, png(1))]));
        create(&sandbox, "a.zip", &[]).expect(0);
        assert_eq!(sandbox.text("out/a.csv"), "x:image,y:label\n./正常/傷.png,0\n");
        assert!(sandbox.path("out/正常/傷.png").exists());
        sandbox.host(&["dataset", "check", "out/a.csv"]).expect(0);
    }
}

#[test]
fn names_that_would_collide_become_distinct() {
    let sandbox = Sandbox::of_a_newcomer();
    let members = ["0/a.png", "0/A.PNG", "0/a.bmp", "ok/x.png", "OK/x.png"]
        .map(|name| Packed::file(name, solid(name.to_lowercase().as_ref(), 8, 8, [name.as_bytes()[2]; 3])));
    sandbox.write("a.zip", zipped(&members));
    let outcome = create(&sandbox, "a.zip", &["--json"]).expect(0);
    let summary: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(
        sandbox.text("out/a.csv"),
        "x:image,y:label\n./0/A.png,0\n./0/a_2.png,0\n./0/a_3.png,0\n./OK/x.png,1\n./ok_2/x.png,2\n"
    );
    assert_eq!(summary["changed"].as_array().unwrap().len(), 2, "{outcome}");
    // Two members with the very same name: the later one counts, as for any tool that unpacks.
    let twice = [Packed::file("0/a.tif", "no image"), Packed::file("0\\a.tif", solid("a.tif".as_ref(), 8, 8, [3; 3]))];
    left_out("b.zip", zipped(&twice), "0/a.tif", "overwritten");
}

#[test]
fn a_wrapping_folder_is_explained() {
    let sandbox = Sandbox::of_a_newcomer();
    sandbox
        .write("a.zip", zipped(&[good("photos/0/a.png"), good("photos/1/bb.png"), good("__MACOSX/photos/0/._a.png")]));
    let outcome = create(&sandbox, "a.zip", &[]).expect(0);
    assert!(outcome.stdout.contains("note: the class folders lie inside \"photos\""), "{outcome}");
    assert_eq!(sandbox.text("out/a.csv"), "x:image,y:label\n./0/a.png,0\n./1/bb.png,1\n");
}

#[test]
fn ctrl_c_leaves_nothing() {
    let sandbox = Sandbox::of_a_newcomer();
    let first = sandbox.image("photos/0/0.png", 1500, 1500, [1, 2, 3]);
    for number in 1..400 {
        std::fs::hard_link(&first, sandbox.path(&format!("photos/0/{number}.png"))).unwrap();
    }
    let running = sandbox.start(&["dataset", "create", "photos", "-o", "out", "--threads", "1"]);
    wait_until("an image is written", || sandbox.path(".out.partial/0/1.png").exists());
    running.interrupt_group();
    let outcome = wait(running);
    assert_eq!(outcome.code, Some(130), "{outcome}");
    assert_eq!(sandbox.names("."), ["photos"]);
}

fn wait(running: Running) -> Outcome {
    running.wait(Duration::from_secs(60))
}
