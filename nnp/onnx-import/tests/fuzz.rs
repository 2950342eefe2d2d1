//! What the fuzz target `onnx` of `nnp/fuzz` checks, on its seeds and on everything it has found so far.
#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

#[path = "../../fuzz/onnx.rs"]
#[allow(unreachable_pub)]
mod property;

#[test]
fn onnx() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/onnx");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        property::onnx(&std::fs::read(path).unwrap());
        count += 1;
    }
    assert!(count > 0);
}
