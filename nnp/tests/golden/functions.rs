//! Every golden function network reads, writes the same text, and infers the shapes that nnabla computed.

use nnc_test_data::golden;
use nnp::{archive, nntxt};
use std::{fs, path::Path};

/// The shape in the header of a NumPy file.
fn npy_shape(path: &Path) -> Vec<usize> {
    let bytes = fs::read(path).unwrap();
    let header =
        String::from_utf8_lossy(&bytes[10..10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]))]).into_owned();
    let shape = header.split_once("'shape': (").unwrap().1.split_once(')').unwrap().0;
    shape.split(',').filter(|extent| !extent.trim().is_empty()).map(|extent| extent.trim().parse().unwrap()).collect()
}

#[test]
fn shapes_are_those_of_nnabla() {
    let (mut count, mut wrong) = (0, Vec::new());
    let mut folders: Vec<_> = fs::read_dir(golden("functions")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let file = folder.join("net.nnp");
        let model = archive::read_graph(&file).unwrap();
        let text = archive::read_member(&file, "network.nntxt", 1 << 20).unwrap();
        assert_eq!(nntxt::write(&model), String::from_utf8(text).unwrap(), "{}", file.display());
        let network = &model.networks[0];
        network.validate().unwrap();
        count += 1;
        // Saving folds all axes before base_axis into the batch, which is then larger than the batch_size saved.
        let folded = |variable: &str| {
            let mut shape = npy_shape(&folder.join(format!("{variable}.npy")));
            while shape.len() > network.variable(variable).unwrap().shape.len() {
                let outer = shape.remove(0);
                shape[0] *= outer;
            }
            shape
        };
        let input = &model.executors[0].data_variables[0].variable_name;
        let batch = folded(input).first().copied().unwrap_or(1);
        let shapes = network.infer_shapes(batch).unwrap();
        for variable in &model.executors[0].output_variables {
            let expected = folded(&variable.variable_name);
            if shapes[&variable.variable_name] != expected {
                wrong.push(format!("{}: {:?} {expected:?}", folder.display(), shapes[&variable.variable_name]));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count > 100, "{count} function networks");
}
