//! What must hold for every input: the bodies of the fuzz targets, and of the test that replays what they found.

use nnp::{Parameters, archive, h5, nntxt, protobuf};

/// Text that is read can be written, and reads back as the same model.
pub fn nntxt(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(model) = nntxt::read(text) else { return };
    let _ = model.validate();
    for network in &model.networks {
        let _ = (network.topological(), network.infer_shapes(3), network.cost());
    }
    let written = nntxt::write(&model);
    match nntxt::read(&written) {
        Ok(again) => assert_eq!(nntxt::write(&again), written),
        Err(error) => panic!("what was written is refused: {error}"),
    }
}

/// Parameters that are read are written with the predicted length, and read back to the same bits.
pub fn protobuf(data: &[u8]) {
    let Ok(parameters) = protobuf::read(data) else { return };
    let mut written = Vec::new();
    let length = protobuf::write(&parameters, &mut written);
    assert_eq!(length.ok(), Some(written.len() as u64));
    let again = protobuf::read(written.as_slice());
    assert_eq!(again.ok().as_ref().map(bits), Some(bits(&parameters)));
}

/// HDF5 that is read gives parameters that are as long as their shapes say.
pub fn h5(data: &[u8]) {
    let Ok(parameters) = h5::read(data.to_vec()) else { return };
    for parameter in &parameters {
        assert_eq!(parameter.shape.iter().product::<usize>(), parameter.data.len(), "{}", parameter.name);
    }
}

/// An archive can be listed, read and added to, or is refused; nothing else happens.
pub fn zip(data: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join("model.nnp");
    if std::fs::write(&path, data).is_err() {
        return;
    }
    if let Ok(model) = archive::read(&path) {
        let _ = model.validate();
    }
    let Ok(members) = archive::list(&path) else { return };
    for member in &members {
        let _ = archive::read_member(&path, &member.name, 1 << 20);
    }
    let added = vec![("added".to_owned(), archive::Source::Bytes(vec![1, 2, 3]))];
    let copy = folder.path().join("copy.nnp");
    if archive::append(&path, &copy, added).is_ok() {
        let names = archive::list(&copy).map(|members| members.len());
        assert_eq!(names.ok(), Some(members.len() + 1));
    }
}

/// Names, shapes, flags and the bits of the values, because NaN differs from itself.
fn bits(parameters: &Parameters) -> Vec<(String, Vec<usize>, bool, Vec<u32>)> {
    let of = |data: &[f32]| data.iter().map(|value| value.to_bits()).collect();
    parameters.iter().map(|p| (p.name.clone(), p.shape.clone(), p.need_grad, of(&p.data))).collect()
}

/// Lets a panic inside of hdf5-reader unwind instead of ending the fuzzer: [`h5::read`] makes an error of it.
pub fn forgive_hdf5_reader() {
    let aborting = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("hdf5-reader")) {
            aborting(panic);
        }
    }));
}
