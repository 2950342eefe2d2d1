//! What must hold for every ONNX file: the body of the fuzz target, and of the test of `nnp-onnx-import` that replays what it found.

use nnp::nntxt;
use nnp_onnx_import::{Options, read_bytes};

/// A file that is read gives a model that holds together and can be written as text, which reads back as the same.
pub fn onnx(data: &[u8]) {
    let Ok(read) = read_bytes(data, None, Options { batch: 2, open: &[3, 8, 8], outputs: &[] }) else { return };
    if let Err(error) = read.model.validate() {
        panic!("what was read does not hold together: {error}");
    }
    let written = nntxt::write(&read.model);
    match nntxt::read(&written) {
        Ok(again) => assert_eq!(nntxt::write(&again), written),
        Err(error) => panic!("what was written is refused: {error}"),
    }
}
