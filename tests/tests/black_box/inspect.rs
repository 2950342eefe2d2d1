//! Verdicts about images as they arrive: the same scores as an evaluation's, nothing lost when the program is killed, one line for
//! whatever is wrong with an image, and whoever may not be there twice.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use nnc_tests::{Outcome, Reply, Running, Sandbox, Server, cut_short, texture, wait_until};
use rustix::fs::{CWD, FileType, Mode};
use serde_json::Value;

/// A photograph that is larger than the model's images, with a bright square if it is defective.
fn photograph(number: u32, defective: bool) -> Vec<u8> {
    let mut picture = RgbImage::from_fn(60, 44, |x, y| {
        let value = (x * 3 + y * 2 + number * 7 + x * y % (11 + number)) % 140;
        Rgb([value as u8 + 20, (value / 2) as u8 + 40, 90])
    });
    if defective {
        for (x, y) in (0..14).flat_map(|x| (0..14).map(move |y| (x + 20, y + 12))) {
            picture.put_pixel(x, y, Rgb([255, 255, 255]));
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

const PROJECT: &str = "[dataset.training]\nuri = 'data/train.csv'\n[dataset.validation]\nuri = 'check/check.csv'\n\
    [plugin]\nname = 'texture'\n[plugin.params]\nwidth = 32\nheight = 24\ncell = 4\n";

/// A sandbox with the result folder `out` of a texture model that was trained on shaped photographs and has a threshold; it was
/// evaluated on six images of each kind.
fn trained() -> Sandbox {
    trained_and_evaluated(6)
}

fn trained_and_evaluated(images: u32) -> Sandbox {
    texture();
    let sandbox = Sandbox::new();
    for number in 0..8 {
        sandbox.write(&format!("photos/0/{number}.png"), photograph(number, false));
    }
    for number in 0..images {
        sandbox.write(&format!("more/0/ok{number}.png"), photograph(number + 20, false));
        sandbox.write(&format!("more/1/ng{number}.png"), photograph(number + 30, true));
    }
    for (source, name) in [("photos", "data"), ("more", "check")] {
        let table = format!("{}.csv", if name == "data" { "train" } else { name });
        let options = ["-w", "32", "-g", "24", "-m", "trimming", "--file1", &table];
        sandbox.host(&[&["dataset", "create", source, "-o", name][..], &options].concat()).expect(0);
    }
    sandbox.write("project.toml", PROJECT);
    sandbox.job("run", &["--false-alarm-rate", "0.2"]).expect(0);
    std::fs::create_dir(sandbox.path("camera")).unwrap();
    sandbox
}

const USUAL: [&str; 6] = ["inspect", "out", "--watch", "camera", "-o", "answers"];

fn inspect(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    sandbox.host(&[&USUAL[..], more].concat())
}

/// Moves an image into the watched folder, whole.
fn arrive(sandbox: &Sandbox, name: &str, bytes: &[u8]) {
    let whole = sandbox.write("arriving", bytes);
    std::fs::rename(whole, sandbox.path("camera").join(name)).unwrap();
}

/// The answers in the folder of an inspection.
fn answers(sandbox: &Sandbox, folder: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for name in sandbox.names(folder).iter().filter(|name| name.starts_with("answers-")) {
        let text = sandbox.text(&format!("{folder}/{name}"));
        // The last line may be in the making.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        answers.extend(whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    answers
}

fn by_image(answers: &[Value]) -> BTreeMap<String, Vec<&Value>> {
    let mut found: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for answer in answers {
        found.entry(answer["image"].as_str().unwrap().to_owned()).or_default().push(answer);
    }
    found
}

#[test]
fn photographs_get_the_scores_of_an_evaluation() {
    let sandbox = trained();
    let evaluation = sandbox.json("out/evaluation.json");
    let rows = evaluation["evaluation"]["rows"].as_array().unwrap();
    for number in 0..6 {
        arrive(&sandbox, &format!("ok{number}.png"), &photograph(number + 20, false));
        arrive(&sandbox, &format!("ng{number}.png"), &photograph(number + 30, true));
    }
    let outcome = inspect(&sandbox, &["--once", "--keep", "all"]).expect(0);
    let answers = answers(&sandbox, "answers");
    let printed: Vec<Value> = outcome.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(printed, answers);
    assert_eq!((rows.len(), answers.len()), (12, 12));
    let found = by_image(&answers);
    for row in rows {
        let name = Path::new(row["name"].as_str().unwrap()).file_name().unwrap().to_str().unwrap();
        let [answer] = found[name][..] else { panic!("{name}: {:?}", found[name]) };
        assert_eq!((&answer["score"], &answer["verdict"]), (&row["score"], &row["verdict"]), "{name}");
        assert!(answer["error"].is_null() && answer["again"].is_null() && answer["peak"]["value"].is_number());
        // The image as it came, and its heat map in the model's size.
        let kept = answer["kept"].as_str().unwrap();
        assert!(kept.starts_with(answer["verdict"].as_str().unwrap()), "{kept}");
        assert_eq!(sandbox.bytes(&format!("answers/{kept}")), sandbox.bytes(&format!("camera/{name}")));
        let map = image::load_from_memory(&sandbox.bytes(&format!("answers/{}", answer["heatmap"].as_str().unwrap())));
        assert_eq!(map.map(|map| (map.width(), map.height())).unwrap(), (32, 24));
    }
    assert!(found.keys().any(|name| name.starts_with("ng") && found[name][0]["verdict"] == "NG"));
    outcome.complains(&["12 images answered"]);
    // Nothing is answered twice.
    inspect(&sandbox, &["--once"]).expect(0).complains(&["0 images answered"]);
    assert_eq!(crate::inspect::answers(&sandbox, "answers").len(), 12);
    // A file of the same name that is changed is another image.
    arrive(&sandbox, "ok0.png", &photograph(99, false));
    let more = ["--once", "--quiet", "--keep", "all", "--link"];
    let outcome = inspect(&sandbox, &more).expect(0);
    assert_eq!(outcome.stdout, "");
    outcome.complains(&["1 images answered"]);
    let number = |path: &Path| std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path).unwrap());
    let last = crate::inspect::answers(&sandbox, "answers").pop().unwrap();
    let kept = sandbox.path("answers").join(last["kept"].as_str().unwrap());
    assert_eq!(number(&kept), number(&sandbox.path("camera/ok0.png")));
}

#[test]
fn what_is_no_image_costs_a_line_and_the_next_one_is_served() {
    let sandbox = trained();
    let good = photograph(21, false);
    sandbox.write("secret/thesis.png", &good);
    let camera = sandbox.path("camera");
    arrive(&sandbox, "a-cut.png", cut_short(&good));
    arrive(&sandbox, "b-text.png", b"no image at all");
    arrive(&sandbox, "c-empty.png", b"");
    symlink(sandbox.path("secret/thesis.png"), camera.join("d-link.png")).unwrap();
    symlink("/dev/zero", camera.join("e-zero.png")).unwrap();
    rustix::fs::mknodat(CWD, camera.join("f-pipe.png"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    std::fs::create_dir(camera.join("g-folder.png")).unwrap();
    symlink(sandbox.path("secret"), camera.join("h-away")).unwrap();
    // A PNG of 60,000 by 60,000 pixels, as its head says.
    let mut huge = good.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    arrive(&sandbox, "i-huge.png", &huge);
    std::fs::File::create(camera.join("j-holes.png")).unwrap().set_len(1 << 40).unwrap();
    arrive(&sandbox, "k\u{202e}\u{1b}[2J.png", cut_short(&good));
    arrive(&sandbox, "z-good.png", &good);
    let outcome = inspect(&sandbox, &["--once", "--keep", "all", "--settle", "0.2s"]).expect(0);
    assert!(!outcome.stdout.contains(['\u{202e}', '\u{1b}']) && !outcome.stderr.contains(['\u{202e}', '\u{1b}']));
    let answers = answers(&sandbox, "answers");
    let found = by_image(&answers);
    assert_eq!(found.len(), 10, "{outcome}");
    for (name, answers) in &found {
        let [answer] = answers[..] else { panic!("{name}: {answers:?}") };
        if name == "z-good.png" {
            assert!(answer["error"].is_null() && answer["verdict"].is_string(), "{answer}");
        } else {
            assert!(
                answer["error"].is_string() && answer["verdict"].is_null() && answer["score"].is_null(),
                "{answer}"
            );
        }
    }
    // Nothing of what links lead to is kept.
    let kept: Vec<String> = sandbox.names("answers/unjudged");
    assert!(!kept.iter().any(|name| name.contains("link") || name.contains("zero")), "{kept:?}");
    assert!(kept.iter().any(|name| name.contains("a-cut.png")), "{kept:?}");
    // They are not looked at again.
    inspect(&sandbox, &["--once"]).expect(0).complains(&["0 images answered"]);
}

#[test]
fn nothing_that_was_taken_is_lost_when_the_program_is_killed() {
    let sandbox = trained();
    let names: Vec<String> = (0..60).map(|number| format!("part{number:02}.png")).collect();
    for (number, name) in (0..).zip(&names) {
        arrive(&sandbox, name, &photograph(number, false));
    }
    let mut runs = 0;
    loop {
        let before = if runs == 0 { 0 } else { answers(&sandbox, "answers").len() };
        let running = sandbox.start(&[&USUAL[..], &["--settle", "0.1s", "--keep", "all"]].concat());
        wait_until("some are answered", || {
            sandbox.path("answers").is_dir() && answers(&sandbox, "answers").len() >= (before + 9).min(names.len())
        });
        running.kill();
        drop(running);
        runs += 1;
        if answers(&sandbox, "answers").len() >= names.len() || runs > 20 {
            break;
        }
    }
    inspect(&sandbox, &["--once"]).expect(0);
    let answers = answers(&sandbox, "answers");
    let found = by_image(&answers);
    assert_eq!(found.keys().cloned().collect::<Vec<_>>(), names);
    for (name, answers) in &found {
        // Whoever is answered once more is marked.
        assert!(answers.iter().skip(1).all(|answer| answer["again"] == true), "{name}: {answers:?}");
        let scores: Vec<&Value> = answers.iter().map(|answer| &answer["score"]).collect();
        assert!(scores.iter().all(|score| *score == scores[0]), "{name}: {scores:?}");
    }
    // Three threads hold an image each, and one lies between two of them.
    assert!(answers.len() <= names.len() + runs * 5, "{} answers in {runs} runs", answers.len());
    // Numbers are never given twice.
    let mut numbers: Vec<u64> = answers.iter().map(|answer| answer["seq"].as_u64().unwrap()).collect();
    let given = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), given);
}

#[test]
fn images_are_answered_as_they_arrive_and_only_when_they_are_whole() {
    let sandbox = trained();
    let running = sandbox.start(&[&USUAL[..], &["--poll", "0.2s", "--settle", "0.4s"]].concat());
    wait_until("it watches", || sandbox.path("answers").is_dir() && !sandbox.names("answers").is_empty());
    arrive(&sandbox, "one.png", &photograph(21, false));
    wait_until("one is answered", || by_image(&answers(&sandbox, "answers")).contains_key("one.png"));
    // A slow writer.
    let whole = photograph(22, false);
    let (first, rest) = whole.split_at(200);
    let mut file = std::fs::File::create(sandbox.path("camera/two.png")).unwrap();
    std::io::Write::write_all(&mut file, first).unwrap();
    for byte in rest.chunks(rest.len() / 6) {
        std::thread::sleep(Duration::from_millis(150));
        std::io::Write::write_all(&mut file, byte).unwrap();
    }
    drop(file);
    wait_until("two is answered", || by_image(&answers(&sandbox, "answers")).contains_key("two.png"));
    // The folder goes, and comes back with another image.
    std::fs::rename(sandbox.path("camera"), sandbox.path("away")).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    std::fs::create_dir(sandbox.path("camera")).unwrap();
    arrive(&sandbox, "three.png", &photograph(23, true));
    wait_until("three is answered", || by_image(&answers(&sandbox, "answers")).contains_key("three.png"));
    running.interrupt();
    let outcome = running.wait(Duration::from_secs(60)).expect(0);
    assert!(outcome.stderr.contains("3 images answered"), "{outcome}");
    let outcome = outcome.complains(&["cannot be read"]).complains(&["can be read again"]);
    for answer in answers(&sandbox, "answers") {
        assert!(answer["error"].is_null(), "{answer} {outcome}");
    }
}

#[test]
fn a_model_whose_process_dies_is_loaded_again() {
    let sandbox = trained();
    let running = sandbox.start(&[&USUAL[..], &["--settle", "0.1s"]].concat());
    let worker = running.worker_with("libnnc_plugin_texture");
    arrive(&sandbox, "one.png", &photograph(21, false));
    wait_until("one is answered", || by_image(&answers(&sandbox, "answers")).contains_key("one.png"));
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(worker as i32).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    Running::assert_gone(worker, Duration::from_secs(20));
    arrive(&sandbox, "two.png", &photograph(22, false));
    wait_until("two is answered", || by_image(&answers(&sandbox, "answers")).contains_key("two.png"));
    let next = running.worker_with("libnnc_plugin_texture");
    assert_ne!(next, worker);
    running.interrupt_group();
    let outcome = running.wait(Duration::from_secs(60)).expect(0).complains(&["started again"]);
    assert!(answers(&sandbox, "answers").iter().all(|answer| answer["error"].is_null()), "{outcome}");
    // Nothing outlives it.
    Running::assert_gone(next, Duration::from_secs(20));
}

#[test]
fn more_images_than_fit_wait_in_the_folder() {
    for order in ["oldest", "newest"] {
        let sandbox = trained();
        for number in 0..20 {
            let name = format!("{number:02}.png");
            arrive(&sandbox, &name, &photograph(number, false));
            let file = std::fs::File::options().write(true).open(sandbox.path("camera").join(&name)).unwrap();
            let time = std::time::SystemTime::now() - Duration::from_secs(600 - u64::from(number));
            file.set_modified(time).unwrap();
        }
        inspect(&sandbox, &["--once", "--backlog", "3", "--when-behind", order]).expect(0);
        let answers = answers(&sandbox, "answers");
        assert_eq!((answers.len(), by_image(&answers).len()), (20, 20));
        let mut names: Vec<&str> = answers.iter().map(|answer| answer["image"].as_str().unwrap()).collect();
        if order == "newest" {
            names.reverse();
            // Of those that wait the newest is next, and they are no more than three.
            let late = |(place, name): (usize, &&str)| place.abs_diff(name[..2].parse().unwrap()) > 3;
            assert!(!names.iter().enumerate().any(late), "{names:?}");
        } else {
            assert!(names.is_sorted(), "{names:?}");
        }
    }
}

#[test]
fn what_cannot_be_inspected_is_told_before_anything_is_watched() {
    let sandbox = trained();
    let running = sandbox.start(&USUAL);
    wait_until("it watches", || sandbox.path("answers/answers-00000001.jsonl").is_file());
    inspect(&sandbox, &[]).expect(2).complains(&["in use by another inspection"]);
    running.interrupt();
    running.wait(Duration::from_secs(60)).expect(0);

    let refused = |arguments: &[&str], code: i32, parts: &[&str]| {
        let arguments: Vec<&str> = ["inspect"].iter().chain(arguments).copied().collect();
        sandbox.host(&arguments).expect(code).complains(parts);
    };
    refused(&["out", "--watch", "none", "-o", "answers"], 2, &["there is no folder none"]);
    refused(&["none.nnp", "--watch", "camera", "-o", "answers"], 2, &["there is no model none.nnp"]);
    refused(&["camera", "--watch", "camera", "-o", "answers"], 2, &["no trained model in camera"]);
    refused(&["out", "--watch", "camera", "-o", "camera"], 2, &["is the watched folder"]);
    let usual = ["--watch", "camera", "-o", "answers"];
    refused(&[&["out/results.nnp"][..], &usual].concat(), 2, &["nothing says from which score"]);
    // An evaluation of another model.
    nnc_tests::copy_folder(&sandbox.path("out"), &sandbox.path("other"));
    sandbox.job("train", &["--set", "plugin.params.tolerance=300"]).expect(0);
    std::fs::copy(sandbox.path("out/result_train_best.nnp"), sandbox.path("other/result_train_best.nnp")).unwrap();
    refused(&[&["other"][..], &usual].concat(), 2, &["of another model"]);
    let japanese = sandbox.host(&[&["inspect", "none.nnp", "--lang", "ja"][..], &usual].concat()).expect(2);
    japanese.complains(&["モデル none.nnp がありません"]);
}

#[test]
fn a_model_that_does_not_know_how_to_shape_takes_its_own_size_or_is_told() {
    let sandbox = trained();
    // A table that nobody has created: the model keeps no shaping.
    std::fs::remove_file(sandbox.path("data/.dataset-create.json")).unwrap();
    sandbox.job("run", &["--false-alarm-rate", "0.2"]).expect(0);
    arrive(&sandbox, "large.png", &photograph(21, false));
    std::fs::copy(sandbox.path("check/0/ok1.png"), sandbox.path("camera/fits.png")).unwrap();
    inspect(&sandbox, &["--once", "--settle", "0.1s"]).expect(0).complains(&["does not say how", "32x24", "--shape"]);
    let told = answers(&sandbox, "answers");
    let found = by_image(&told);
    assert!(found["large.png"][0]["error"].as_str().unwrap().contains("3,44,60"), "{told:?}");
    assert!(found["fits.png"][0]["verdict"].is_string(), "{told:?}");
    let shaped = ["inspect", "out", "--watch", "camera", "-o", "shaped", "--once", "--shape", "trimming"];
    sandbox.host(&shaped).expect(0);
    let told = answers(&sandbox, "shaped");
    assert!(told.iter().all(|answer| answer["verdict"].is_string()), "{told:?}");
}

#[test]
fn scores_that_leave_those_of_normal_images_raise_an_alarm() {
    let sandbox = trained_and_evaluated(24);
    // All are OK; first such as the evaluation has, then others, then such again.
    for (part, shift) in [(0, 0), (1, 0), (2, 17), (3, 0)] {
        for number in 0..24 {
            arrive(&sandbox, &format!("{part}-{number:02}.png"), &photograph(number + 20, shift > 0));
        }
        let more = ["--once", "--threshold", "1000000", "--drift-window", "24", "--drift-rate", "0.001"];
        // The windows of one inspection; of another one they begin anew.
        let outcome = inspect(&sandbox, &more).expect(0);
        assert_eq!(outcome.stderr.contains("scores of OK images are higher"), shift > 0, "{outcome}");
        let last = answers(&sandbox, "answers").pop().unwrap();
        assert_eq!(last["drift"] == true, shift > 0, "{last}");
    }
    inspect(&sandbox, &["--once", "--drift-rate", "1"]).expect(2).complains(&["between 0 and 1"]);
    let few = trained();
    inspect(&few, &["--once"]).expect(0).complains(&["no drift alarm"]);
    assert!(!inspect(&few, &["--once", "--drift-window", "0"]).expect(0).stderr.contains("drift"));
}

#[test]
fn paths_on_standard_input_are_answered_in_order() {
    let sandbox = trained();
    let names = ["ok1", "none", "ng2", "ok1"].map(|name| {
        let label = u8::from(name.starts_with("ng"));
        format!("more/{label}/{name}.png")
    });
    let mut command = sandbox.command(&["inspect", "out", "--stdin", "-o", "answers", "--backlog", "1"]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let input = format!("{}\n\n{}\r\n{}\n{}", names[0], names[1], names[2], names[3]);
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let answers = answers(&sandbox, "answers");
    let order: Vec<&str> = answers.iter().map(|answer| answer["image"].as_str().unwrap()).collect();
    assert_eq!(order, names);
    assert!(answers[1]["error"].is_string() && answers[0]["score"] == answers[3]["score"], "{answers:?}");
    assert!(answers[2]["kept"].as_str().is_some_and(|name| name.ends_with("-ng2.png")), "{answers:?} {told}");
}

#[test]
fn a_server_that_is_away_gets_every_answer_later() {
    let sandbox = trained();
    let open = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_open = std::sync::Arc::clone(&open);
    let server = Server::start(move |_, _| {
        let is_open = is_open.load(std::sync::atomic::Ordering::Relaxed);
        Reply::new(if is_open { "200 OK" } else { "503 Service Unavailable" }, b"")
    });
    let address = server.url("/verdicts");
    let more = ["--webhook", address.as_str(), "--settle", "0.1s"];
    let start = || {
        let mut command = sandbox.command(&[&USUAL[..], &more].concat());
        command.env("NNC_HOST_INSPECT_TOKEN", "s3cret");
        Running::start(command)
    };
    let running = start();
    wait_until("it watches", || sandbox.path("answers/webhook.json").is_file());
    for number in 0..4 {
        arrive(&sandbox, &format!("{number}.png"), &photograph(number, false));
    }
    wait_until("all are answered", || answers(&sandbox, "answers").len() == 4);
    wait_until("the server was asked", || !server.requests().is_empty());
    running.interrupt();
    running.wait(Duration::from_secs(60)).expect(0).complains(&["takes no answers", "503"]);
    // The next inspection sends what is left.
    let before = server.requests().len();
    open.store(true, std::sync::atomic::Ordering::Relaxed);
    let running = start();
    wait_until("all are sent", || server.requests().len() >= before + 4);
    running.interrupt();
    running.wait(Duration::from_secs(60)).expect(0);
    let sent = server.requests();
    assert_eq!(sent.len(), before + 4);
    assert!(sent.iter().all(|request| request.headers["authorization"] == "Bearer s3cret"), "{sent:?}");
    inspect(&sandbox, &["--webhook", "file:///etc/passwd"]).expect(2).complains(&["no address"]);
}
