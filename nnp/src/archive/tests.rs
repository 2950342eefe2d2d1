mod zip64;

use super::*;
use crate::{NetworkBuilder, Parameter, op::Unary};

const TEXT: &str = "network { name: \"n\" batch_size: 1 }";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a zip with the given members.
fn zip(path: &Path, method: CompressionMethod, members: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::DEFAULT.compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

fn stored(path: &Path, members: &[(&str, &[u8])]) {
    zip(path, CompressionMethod::Stored, members);
}

fn names(path: &Path) -> Vec<String> {
    list(path).unwrap().into_iter().map(|member| member.name).collect()
}

fn model() -> Model {
    let mut network = NetworkBuilder::new("network", 2);
    let x = network.input("x", &[3]);
    let y = network.apply(Unary::Tanh, &[x]).unwrap();
    let mut model = network.finish(&[y], false).unwrap();
    model.parameters.insert(Parameter { name: "w".into(), shape: vec![2], data: [1.0, 2.0].into(), need_grad: true });
    model
}

#[test]
fn members_come_in_any_order_and_others_are_ignored() {
    let folder = folder();
    let path = folder.path().join("a.nnp");
    let mut parameters = Vec::new();
    protobuf::write(&model().parameters, &mut parameters).unwrap();
    let members: [(&str, &[u8]); 7] = [
        ("parameter.protobuf", &parameters),
        ("sub/", b""),
        ("README", b"\xff not text"),
        ("results.zip", b"\xff"),
        ("one.NNTXT", TEXT.as_bytes()),
        ("two.prototxt", b"network { name: \"m\" } version: '1'"),
        ("solver.optimizer", b"\xff"),
    ];
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        zip(&path, method, &members);
        let read = read(&path).unwrap();
        assert_eq!(read.networks.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(), ["n", "m"]);
        assert_eq!(read.parameters.get("w").unwrap().data[..], [1.0, 2.0]);
        assert_eq!(read.other.to_string(), "version: \"1\"\n");
        assert!(read_graph(&path).unwrap().parameters.is_empty());
    }
}

#[test]
fn a_written_file_is_stored_in_order_and_reproducible() {
    let folder = folder();
    let (a, b) = (folder.path().join("a.nnp"), folder.path().join("b.nnp"));
    write(&a, &model(), &[("nnc_host.json", b"{}")]).unwrap();
    write(&b, &model(), &[("nnc_host.json", b"{}")]).unwrap();
    assert_eq!(std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap());
    assert_eq!(names(&a), ["nnp_version.txt", "network.nntxt", "parameter.protobuf", "nnc_host.json"]);
    assert_eq!(read_member(&a, "nnp_version.txt", 4).unwrap(), b"0.1\n");
    let mut zip = ZipArchive::new(File::open(&a).unwrap()).unwrap();
    for index in 0..zip.len() {
        assert_eq!(zip.by_index(index).unwrap().compression(), CompressionMethod::Stored);
    }
    // Version needed to extract is 1.0 to 2.0, not the 4.5 of zip64.
    assert!(std::fs::read(&a).unwrap()[4] <= 20);
    assert_eq!(read(&a).unwrap().parameters.get("w"), model().parameters.get("w"));
}

#[test]
fn members_are_appended() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write(&at("a.nnp"), &model(), &[]).unwrap();
    std::fs::write(at("big"), vec![7; 100_000]).unwrap();
    let added =
        vec![("z.zip".to_owned(), Source::Bytes(b"zip".to_vec())), ("big.bin".to_owned(), Source::File(at("big")))];
    append(&at("a.nnp"), &at("b.nnp"), added).unwrap();
    append(&at("b.nnp"), &at("b.nnp"), vec![("last".into(), Source::Bytes(Vec::new()))]).unwrap();
    assert_eq!(
        names(&at("b.nnp")),
        ["nnp_version.txt", "network.nntxt", "parameter.protobuf", "z.zip", "big.bin", "last"]
    );
    assert_eq!(read_member(&at("b.nnp"), "big.bin", 100_000).unwrap(), vec![7; 100_000]);
    assert_eq!(read(&at("b.nnp")).unwrap().parameters.len(), 1);

    std::fs::write(at("empty.nnp"), b"").unwrap();
    append(&at("empty.nnp"), &at("empty.nnp"), vec![("z.zip".into(), Source::Bytes(b"zip".to_vec()))]).unwrap();
    assert_eq!(names(&at("empty.nnp")), ["z.zip"]);
}

#[test]
fn a_failure_leaves_the_old_file_and_nothing_else() {
    let folder = folder();
    let path = folder.path().join("a.nnp");
    write(&path, &model(), &[]).unwrap();
    let before = std::fs::read(&path).unwrap();
    let twice = || vec![("network.nntxt".to_owned(), Source::Bytes(Vec::new()))];
    let error = append(&path, &path, twice()).unwrap_err();
    assert!(matches!(&error, NnpError::DuplicateMember { member, .. } if member == "network.nntxt"), "{error}");
    let missing = vec![("m".to_owned(), Source::File(folder.path().join("missing")))];
    assert!(matches!(append(&path, &path, missing), Err(NnpError::Io { action: FileAction::Read, .. })));
    assert!(matches!(write(&path, &model(), &[("a", b""), ("a", b"")]), Err(NnpError::DuplicateMember { .. })));
    assert!(matches!(
        write(&folder.path().join("no/a.nnp"), &model(), &[]),
        Err(NnpError::Io { action: FileAction::Create, .. })
    ));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn every_defect_has_its_error() {
    let folder = folder();
    let path = folder.path().join("a.nnp");
    let check = |members: &[(&str, &[u8])], expected: &str| {
        stored(&path, members);
        let found = read(&path).unwrap_err().to_string();
        assert_eq!(found, format!("{}: {expected}", path.display()));
    };
    check(&[("a.txt", b"")], "no .nntxt or .prototxt member; an NNP has its network in one");
    check(
        &[("a.nntxt", b"netwrk {\n}")],
        "member \"a.nntxt\": line 1, column 1: unknown field \"netwrk\" in the model; did you mean \"network\"?",
    );
    check(&[("a.nntxt", b"\xff")], "member \"a.nntxt\" is not UTF-8 text");
    check(
        &[("a.nntxt", TEXT.as_bytes()), ("p.protobuf", b"\xc2")],
        "member \"p.protobuf\": byte 1: the data ends inside a field that needs 1 more bytes; the file is cut short",
    );
    assert!(matches!(read(&folder.path().join("none")), Err(NnpError::Io { action: FileAction::Open, .. })));
    assert!(matches!(read_member(&path, "none", 9), Err(NnpError::NoMember { .. })));
    assert!(matches!(read_member(&path, "a.nntxt", 9), Err(NnpError::MemberTooLarge { limit: 9, .. })));
}

#[test]
fn parameters_come_from_h5_too_and_the_last_member_counts() {
    let folder = folder();
    let path = folder.path().join("a.nnp");
    let h5 = include_bytes!("../../testdata/h5/float64.h5");
    let mut protobuf = Vec::new();
    let other = Parameter { name: "bn/var".into(), shape: vec![1], data: [9.0].into(), need_grad: false };
    protobuf::write([&other], &mut protobuf).unwrap();
    let text = ("network.nntxt", TEXT.as_bytes());
    let values = |members: &[(&str, &[u8])]| {
        stored(&path, members);
        let parameters = read(&path).unwrap().parameters;
        (parameters.len(), parameters.get("bn/var").unwrap().data.len())
    };
    assert_eq!(values(&[text, ("parameter.h5", h5)]), (4, 4));
    assert_eq!(values(&[text, ("parameter.h5", h5), ("parameter.protobuf", &protobuf)]), (4, 1));
    assert_eq!(values(&[text, ("parameter.protobuf", &protobuf), ("parameter.h5", h5)]), (4, 4));
    assert!(read_graph(&path).unwrap().parameters.is_empty());

    stored(&path, &[text, ("parameter.h5", b"\x89HDF")]);
    let error = read(&path).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: member \"parameter.h5\": /: ", path.display())), "{error}");
    // What a network declares and no member holds is missed by validation.
    let variable = b"network { name: 'n' batch_size: 1 variable { name: 'w' type: 'Parameter' shape { dim: 1 } } }";
    stored(&path, &[("network.nntxt", variable), ("parameter.h5", h5)]);
    let error = read(&path).unwrap().validate().unwrap_err().to_string();
    assert!(error.contains("\"w\""), "{error}");
}

#[test]
fn sizes_and_names_in_the_directory_are_not_believed() {
    let folder = folder();
    let path = folder.path().join("a.nnp");
    stored(&path, &[("one.nntxt", TEXT.as_bytes()), ("two.nntxt", TEXT.as_bytes())]);
    let good = std::fs::read(&path).unwrap();
    // The same name twice, in local headers and in the directory.
    let mut twice = good.clone();
    while let Some(at) = twice.windows(9).position(|window| window == b"two.nntxt") {
        twice[at..at + 9].copy_from_slice(b"one.nntxt");
    }
    std::fs::write(&path, twice).unwrap();
    assert!(matches!(read(&path), Err(NnpError::SameName { .. })));
    // Flip every byte in turn: an error or another model, never a panic.
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        std::fs::write(&path, bad).unwrap();
        let _ = read(&path);
        let _ = list(&path);
    }
    // A deflated member that grows beyond its cap.
    zip(&path, CompressionMethod::Deflated, &[("bomb", &vec![0; 1 << 24])]);
    assert!(std::fs::metadata(&path).unwrap().len() < 1 << 16);
    assert!(matches!(read_member(&path, "bomb", 1 << 20), Err(NnpError::MemberTooLarge { .. })));
}
