//! `nnp show` and `nnp unpack`: on models of nnabla, on models with unknown parts, and on hostile archives.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use nnc_test_data::golden;
use nnc_tests::{Sandbox, assert_told, members, workspace};
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Every NNP in or below a folder, sorted.
fn models(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(models(&path));
        } else if path.extension().is_some_and(|extension| extension == "nnp") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn backbone() -> PathBuf {
    golden("backbone_tiny_nchw_pb.nnp")
}

/// Writes a zip with these members.
fn archive(path: &Path, members: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

fn show(sandbox: &Sandbox, model: &Path) -> (String, Value) {
    let model = model.to_str().unwrap();
    let text = sandbox.host(&["nnp", "show", model]).expect(0);
    let json = sandbox.host(&["nnp", "show", model, "--json"]).expect(0);
    assert_eq!((text.stderr.as_str(), json.stderr.as_str()), ("", ""));
    (text.stdout, serde_json::from_str(&json.stdout).unwrap())
}

#[test]
fn every_model_of_nnabla_is_shown_whole() {
    let sandbox = Sandbox::new();
    let mut all = models(&workspace().join("plugins/engine/testdata/functions"));
    all.extend(models(&golden("")));
    assert!(all.len() > 10);
    for path in all {
        let (text, facts) = show(&sandbox, &path);
        assert_eq!(facts["defect"], Value::Null, "{}", path.display());
        assert!(text.ends_with("\nNo defect found.\n"), "{text}");
        for network in facts["networks"].as_array().unwrap() {
            assert_eq!(network["shapes_are_declared"], Value::Null, "{}", path.display());
            let functions = network["functions"].as_array().unwrap();
            assert!(functions.iter().all(|f| f["known"] == true && f["outputs"][0]["shape"].is_array()), "{text}");
        }
        // The first line names the file, which may lie anywhere.
        let wide = text.lines().skip(1).find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{}", path.display());
    }
}

#[test]
fn a_backbone_is_told_like_a_person_would_want_to_read_it() {
    let sandbox = Sandbox::new();
    let (text, facts) = show(&sandbox, &backbone());
    assert_told!(sandbox, "backbone", text);
    let parameters = facts["parameters"].as_array().unwrap();
    let weight = parameters.iter().find(|parameter| parameter["name"] == "stem/conv/W").unwrap();
    assert_eq!((&weight["stored"], &weight["used"]), (&true.into(), &true.into()));
    assert!(weight["range"][0].as_f64() < weight["range"][1].as_f64());
}

#[test]
fn what_is_unknown_or_missing_is_shown_and_told() {
    let sandbox = Sandbox::new();
    let text = b"network { name: 'n' batch_size: 2 variable { name: 'x' type: 'Buffer' shape { dim: -1 dim: 4 } }
        variable { name: 'W' type: 'Parameter' shape { dim: 4 dim: 3 } } variable { name: 'b' type: 'Parameter' shape { dim: 3 } }
        variable { name: 'h' type: 'Buffer' shape { dim: -1 dim: 3 } } variable { name: 'y' type: 'Buffer' shape { dim: -1 dim: 3 } }
        function { name: 'a' type: 'Affine' input: ['x', 'W', 'b'] output: 'h' affine_param { base_axis: 1 } }
        function { name: 'w' type: 'Warp' input: 'h' output: 'y' warp_param { depth: 3 at { dim: [1, 2] } } } }";
    let model = sandbox.path("m.nnp");
    archive(&model, &[("net.prototxt", text)]);
    let (text, facts) = show(&sandbox, &model);
    assert_told!(sandbox, "unknown_and_missing", text);
    assert_eq!(facts["networks"][0]["functions"][1]["known"], false);
    assert!(facts["defect"].as_str().unwrap().contains("Warp"), "{facts}");

    let affine = b"network { name: 'n' batch_size: 1 variable { name: 'W' type: 'Parameter' shape { dim: 4 } }
        variable { name: 'b' type: 'Parameter' shape { dim: 3 } } }";
    archive(&model, &[("net.nntxt", affine)]);
    let (text, _) = show(&sandbox, &model);
    assert!(text.contains("Defect: parameters \"W\", \"b\" of network \"n\": missing from the parameters"), "{text}");
}

#[test]
fn broken_models_are_errors_with_their_place() {
    let sandbox = Sandbox::new();
    sandbox.host(&["nnp", "show", "none.nnp"]).expect(2).complains(&["there is no model none.nnp"]);
    sandbox.write("text.nnp", "no zip");
    sandbox.host(&["nnp", "show", "text.nnp"]).expect(1).complains(&["text.nnp is no NNP: an NNP is a zip"]);
    sandbox.write("cut.nnp", "PK\x03\x04");
    sandbox.host(&["nnp", "show", "cut.nnp"]).expect(1).complains(&["cut.nnp: not a readable zip"]);
    for (name, start, due) in [
        ("parameters.h5", &b"\x89HDF\r\n\x1a\n\0"[..], "it holds parameters alone; the text of their network"),
        ("p.sdcproj", b"[Engine]\r\n", "it is a project of NNC; nnc-host train opens it"),
        ("network.ini", b"[Engine]\r\n", "it is a project of NNC"),
        ("m.onnx", b"\x08\x07", "it is an ONNX model; nnabla_cli convert"),
        ("m.nnb", b"NNB\0", "it is an NNB"),
        ("e.nnp", b"", "it is empty"),
    ] {
        sandbox.write(name, start);
        let refused = sandbox.host(&["nnp", "show", name]).expect(1);
        refused.complains(&[&format!("{name} is no NNP: {due}")]);
    }
    archive(&sandbox.path("typo.nnp"), &[("a.nntxt", b"network {\n  nme: 'x'\n}")]);
    let typo = ["typo.nnp: member \"a.nntxt\": line 2, column 3: unknown field \"nme\"", "did you mean \"name\"?"];
    sandbox.host(&["nnp", "show", "typo.nnp"]).expect(1).complains(&typo);

    let typo =
        ["typo.nnp: メンバー「a.nntxt」: 2 行目 3 文字目: network に不明なフィールド「nme」があります（「name」の"];
    sandbox.host(&["nnp", "show", "typo.nnp", "--lang", "ja"]).expect(1).complains(&typo);
    let no_zip = ["text.nnp は NNP ではありません。NNP は zip ファイルです"];
    sandbox.host(&["nnp", "show", "text.nnp", "--lang", "ja"]).expect(1).complains(&no_zip);
}

#[test]
fn a_model_is_unpacked_into_files_and_arrays() {
    let sandbox = Sandbox::of_a_newcomer();
    let model = backbone();
    let model = model.to_str().unwrap();
    let outcome = sandbox.host(&["nnp", "unpack", model, "deep/raw"]).expect(0);
    assert!(outcome.stdout.contains("network.nntxt\n"), "{outcome}");
    for member in members(&backbone()) {
        assert!(sandbox.bytes(&format!("deep/raw/{}", member.name)) == member.bytes, "{}", member.name);
    }

    let json = sandbox.host(&["nnp", "unpack", model, "arrays", "--npy", "--json"]).expect(0);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let (_, facts) = show(&sandbox, &backbone());
    let parameters = facts["parameters"].as_array().unwrap();
    assert_eq!(json["parameters"].as_array().unwrap().len(), parameters.len());
    let stem = sandbox.bytes("arrays/parameters/stem/conv/W.npy");
    assert!(stem.starts_with(b"\x93NUMPY\x01\x00"));
    assert!(String::from_utf8_lossy(&stem[..128]).contains("'shape': (16, 3, 7, 7)"));
    assert_eq!(stem.len() % 64, 4 * 16 * 3 * 7 * 7 % 64);

    sandbox.host(&["nnp", "unpack", model, "arrays"]).expect(2).complains(&["arrays exists already"]);
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    sandbox.host(&["nnp", "unpack", model, "empty"]).expect(0);
    // Nothing is left beside the folders.
    assert_eq!(sandbox.names("."), ["arrays", "deep", "empty"]);
}

#[test]
fn no_member_leads_out_of_the_folder() {
    let sandbox = Sandbox::of_a_newcomer();
    for name in ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil"] {
        archive(&sandbox.path("m.nnp"), &[("network.nntxt", b"network { name: 'n' }"), (name, b"evil")]);
        sandbox
            .host(&["nnp", "unpack", "m.nnp", "out"])
            .expect(1)
            .complains(&["m.nnp: member", "outside of the folder; nothing was unpacked"]);
        assert_eq!(sandbox.names("."), ["m.nnp"], "{name}");
    }
    archive(&sandbox.path("m.nnp"), &[("a.txt", b"1"), ("A.TXT", b"2")]);
    sandbox.host(&["nnp", "unpack", "m.nnp", "out"]).expect(1).complains(&["only in upper and lower case"]);
    archive(&sandbox.path("m.nnp"), &[("a\x1b[31m.txt", b"1")]);
    sandbox.host(&["nnp", "unpack", "m.nnp", "out"]).expect(1).complains(&["contains control characters"]);
    assert!(!sandbox.host(&["nnp", "show", "m.nnp"]).stdout.contains('\x1b'));
    // A name that is no path in a parameter stays a name.
    let text = b"network { name: 'n' batch_size: 1 } parameter { variable_name: '../p' shape { dim: 1 } data: 1.5 }";
    archive(&sandbox.path("m.nnp"), &[("network.nntxt", text)]);
    sandbox.host(&["nnp", "unpack", "m.nnp", "out", "--npy"]).expect(0);
    assert_eq!(sandbox.names("out/parameters/%2e%2e"), ["p.npy"]);
}

#[test]
fn a_model_is_written_as_onnx() {
    let sandbox = Sandbox::new();
    let model = golden("functions/affine/net.nnp");
    let model = model.to_str().unwrap();
    let outcome = sandbox.host(&["nnp", "convert", model, "affine.onnx"]).expect(0);
    assert!(outcome.stdout.starts_with("affine.onnx: ONNX with operators of version 18, "), "{}", outcome.stdout);
    let written = std::fs::read(sandbox.path("affine.onnx")).unwrap();
    let json = sandbox.host(&["nnp", "convert", model, "again.ONNX", "--json"]).expect(0);
    let facts: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&facts["batch"], &facts["opset"]), (&Value::Null, &18.into()));
    assert_eq!(facts["bytes"], written.len());
    assert_eq!(std::fs::read(sandbox.path("again.ONNX")).unwrap(), written, "the same bytes each time");
}

#[test]
fn nothing_is_overwritten_or_left_by_a_conversion() {
    let sandbox = Sandbox::of_a_newcomer();
    let model = golden("functions/affine/net.nnp");
    let model = model.to_str().unwrap();
    std::fs::write(sandbox.path("mine.onnx"), "mine").unwrap();
    sandbox.host(&["nnp", "convert", model, "mine.onnx"]).expect(2).complains(&["mine.onnx exists already"]);
    assert_eq!(std::fs::read(sandbox.path("mine.onnx")).unwrap(), b"mine");
    sandbox.host(&["nnp", "convert", model, "out.pt"]).expect(2).complains(&["ends in .onnx"]);
    let none = sandbox.host(&["nnp", "convert", model, "out.onnx", "--executor", "training"]);
    none.expect(1).complains(&["no executor \"training\"; it has runtime"]);
    assert_eq!(std::fs::read_dir(sandbox.path(".")).unwrap().count(), 1);
}
