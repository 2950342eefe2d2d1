//! HDF5 parameters against the same in protobuf.

use crate::backbone_file;
use nnc_test_data::golden;
use nnp::{Parameter, archive};
use std::path::{Path, PathBuf};

#[test]
fn h5_holds_the_same_bits_as_protobuf() {
    let read = |path: &Path| archive::read(path).unwrap().parameters;
    // need_grad is left out: nnabla stored it for running means in the protobuf file and not in the HDF5 one.
    let bits = |parameter: &Parameter| {
        let data: Vec<u32> = parameter.data.iter().map(|value| value.to_bits()).collect();
        (parameter.name.clone(), parameter.shape.clone(), data)
    };
    let (h5, protobuf) = (read(&golden("backbone_tiny_nchw.nnp")), read(&backbone_file()));
    assert_eq!(h5.len(), protobuf.len());
    for (h5, protobuf) in h5.iter().zip(&protobuf) {
        assert_eq!(bits(h5), bits(protobuf));
    }
}

/// Every NNP in or below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "nnp"))
        .collect()
}

#[test]
fn every_golden_file_with_h5_is_a_valid_model() {
    let mut count = 0;
    for path in files(&golden("")) {
        if archive::list(&path).unwrap().iter().any(|member| member.name.ends_with(".h5")) {
            let model = archive::read(&path).unwrap();
            model.validate().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            count += 1;
        }
    }
    assert!(count > 100, "{count} files");
}
