//! Whole files: read, checked, written, read again.

use crate::{backbone_file, head_text};
use nnp::{NnpError, VariableKind, archive, nntxt};

#[test]
fn network_text_is_written_byte_for_byte() {
    let text = head_text();
    let model = nntxt::read(&text).unwrap();
    assert_eq!(nntxt::write(&model), text);
    assert_eq!(nnp::text::parse(&text).unwrap().to_string(), text);

    let network = model.network("network").unwrap();
    network.validate().unwrap();
    assert_eq!(network.inputs().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["x"]);
    assert_eq!(network.outputs().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["x'"]);
    assert_eq!(network.topological().unwrap(), (0..network.functions.len()).collect::<Vec<_>>());
    // Smaller and larger batches than the stored 4, although a Slice names 4.
    for batch in [1, 4, 7] {
        let shapes = network.infer_shapes(batch).unwrap();
        assert_eq!(shapes["x'"], [batch, 56, 56]);
        assert_eq!(shapes["@network/Slice_out"], [batch, 1, 56, 56]);
        assert_eq!(shapes["@network/Reshape_out"], [batch, 50_176, 1, 1]);
    }
}

#[test]
fn a_backbone_survives_a_write() {
    let backbone = archive::read(&backbone_file()).unwrap();
    backbone.validate().unwrap();
    assert_eq!(backbone.networks.len(), 1);
    let network = backbone.network("runtime").unwrap();
    assert_eq!(network.batch_size, 1);
    let of_kind = |kind| network.variables.iter().filter(|variable| variable.kind == kind).count();
    assert_eq!(backbone.parameters.len(), of_kind(VariableKind::Parameter));
    let stem = backbone.parameters.get("stem/conv/W").unwrap();
    assert_eq!((stem.shape.as_slice(), stem.data.len(), stem.need_grad), ([16, 3, 7, 7].as_slice(), 2352, true));

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.nnp");
    archive::write(&copy, &backbone, &[("nnc_host.json", b"{}")]).unwrap();
    let names: Vec<_> = archive::list(&copy).unwrap().into_iter().map(|member| member.name).collect();
    assert_eq!(names, ["nnp_version.txt", "network.nntxt", "parameter.protobuf", "nnc_host.json"]);
    // Same bytes as nnabla's for both members.
    for member in ["nnp_version.txt", "network.nntxt", "parameter.protobuf"] {
        let read = |path| archive::read_member(path, member, 1 << 20).unwrap();
        assert!(read(&copy) == read(&backbone_file()), "{member}");
    }
    assert_eq!(archive::read_graph(&copy).unwrap().parameters.len(), 0);
}

#[test]
fn a_backbone_cut_anywhere_is_an_error() {
    let whole = std::fs::read(backbone_file()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.nnp");
    for cut in (0..whole.len()).step_by(9973).chain(whole.len() - 30..whole.len()) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert!(matches!(archive::read(&path), Err(NnpError::Zip { .. })), "{cut}");
    }
}
