//! Backbones from ONNX files: a small one that is made here, and those of timm against ONNX Runtime's own values.

use super::*;

fn exported(model: &Model) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backbone.onnx");
    std::fs::write(&path, nnp_onnx::export(model, None).unwrap().bytes).unwrap();
    (folder, path)
}

fn as_it_is() -> OnnxBackbone {
    OnnxBackbone { layers: Vec::new(), normalization: Normalization::None }
}

fn taps(backbone: &Backbone, images: &Tensor) -> Vec<Tensor> {
    let executor = Executor::new(backbone.network(), backbone.parameters(), &LAYERS, Device::Cpu).unwrap();
    executor.run(images).unwrap()
}

/// The largest difference, as a share of the largest value.
fn apart(found: &Tensor, due: &Tensor) -> f64 {
    assert_eq!(found.size(), due.size());
    (found - due).abs().max().double_value(&[]) / due.abs().max().double_value(&[])
}

#[test]
fn an_onnx_file_gives_the_features_of_the_network_it_was_made_from() {
    let model = small_model();
    let (_folder, path) = exported(&model);
    let due = taps(&open_model(&model).unwrap(), &images(2));
    let backbone = Backbone::of_onnx(&path, &as_it_is(), 2).unwrap();
    // The last value of each size is the same ReLU that is tapped in an NNP.
    assert_eq!(backbone.taps().each_ref().map(|tap| tap.function.as_str()), ["ReLU"; 3]);
    for (found, due) in taps(&backbone, &images(2)).iter().zip(&due) {
        assert!(apart(found, due) < 1e-6);
    }
}

#[test]
fn layers_are_taken_by_name_in_any_order() {
    let model = small_model();
    let (_folder, path) = exported(&model);
    let outputs: Vec<String> = model.networks[0].functions.iter().map(|function| function.outputs[0].clone()).collect();
    // The convolutions at 14, 28 (the first of two) and 56.
    let layers = [8, 4, 2].map(|at| outputs[at].clone()).to_vec();
    let backbone = Backbone::of_onnx(&path, &OnnxBackbone { layers, ..as_it_is() }, 2).unwrap();
    assert_eq!(backbone.taps().each_ref().map(|tap| tap.function.as_str()), ["Convolution"; 3]);
    assert_eq!(backbone.taps().each_ref().map(|tap| tap.shape), [[5, 56, 56], [6, 28, 28], [8, 14, 14]]);
}

#[test]
fn images_are_normalised_as_the_network_expects() {
    let (_folder, path) = exported(&small_model());
    let of = |normalization| {
        let backbone = Backbone::of_onnx(&path, &OnnxBackbone { normalization, ..OnnxBackbone::default() }, 1).unwrap();
        taps(&backbone, &images(1)).remove(0)
    };
    let plain = of(Normalization::None);
    // The network is linear but for its ReLUs, so a factor stays one.
    assert!(apart(&(of(Normalization::Unit) * 255.0), &plain) < 1e-5);
    assert!(apart(&of(Normalization::ImageNet), &of(Normalization::Unit)) > 0.1);
    assert_eq!(Normalization::CHOICES.map(|text| Normalization::parse(text).is_some()), [true; 3]);
    assert_eq!(Normalization::parse("other"), None);
}

#[test]
fn what_is_no_backbone_says_what_is_missing() {
    let (folder, path) = exported(&small_model());
    let told = |path: &Path, layers: &[&str]| {
        let layers = layers.iter().map(|&name| name.to_owned()).collect();
        Backbone::of_onnx(path, &OnnxBackbone { layers, ..as_it_is() }, 1).unwrap_err().to_string()
    };
    let missing = told(&path, &["nothing"]);
    assert!(
        missing.ends_with(
            "node \"(outputs)\" reads \"nothing\", which is no input, no constant and no output of a node before it"
        ),
        "{missing}"
    );
    let wrong = told(&path, &["y"]);
    assert!(
        wrong.ends_with("names \"y\" is no square image; expected one value each of 56x56, 28x28 and 14x14"),
        "{wrong}"
    );
    let junk = folder.path().join("junk.onnx");
    std::fs::write(&junk, "no model").unwrap();
    assert!(told(&junk, &[]).contains("it is no ONNX model"));
    let mut b = NetworkBuilder::new("network", 1);
    let x = b.input("x", &IMAGE_SHAPE);
    let y = b.apply(Unary::Sigmoid, &[x]).unwrap();
    b.name(y, "y");
    let (_other, flat) = exported(&b.finish(&[y], true).unwrap());
    assert!(told(&flat, &[]).ends_with("it has no value of 56x56, found [224x224]"));
}

/// With `NNC_HOST_TIMM`, a folder that `xtask/src/onnx/timm_networks.py` has made: networks of timm, images, and the values of their
/// taps as ONNX Runtime gives them.
#[test]
fn timms_networks_give_the_features_of_onnx_runtime() {
    let Some(folder) = env::var_os("NNC_HOST_TIMM").map(PathBuf::from) else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if !Backbone::is_onnx(&path) {
            continue;
        }
        let read = |suffix: &str| std::fs::read(path.with_extension(suffix)).unwrap();
        let floats =
            |bytes: &[u8]| bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect::<Vec<f32>>();
        let (bytes, rows) = (read("images"), 2);
        let images = image_tensor(&bytes, rows, IMAGE_SHAPE, Device::Cpu).unwrap();
        let layers: Vec<String> = String::from_utf8(read("layers")).unwrap().lines().map(str::to_owned).collect();
        let automatic = OnnxBackbone::default();
        let named = OnnxBackbone { layers, ..OnnxBackbone::default() };
        for wanted in [automatic, named] {
            let backbone = Backbone::of_onnx(&path, &wanted, rows).unwrap();
            for (number, found) in taps(&backbone, &images).iter().enumerate() {
                let due = Tensor::from_slice(&floats(&read(&format!("{number}")))).reshape(found.size());
                let apart = apart(found, &due);
                println!("{} layer {}: {:?}, {apart:.1e}", path.display(), number + 1, found.size());
                assert!(apart <= 1e-5, "{apart:e}");
            }
        }
        count += 1;
    }
    assert!(count > 2, "{count} networks");
}
