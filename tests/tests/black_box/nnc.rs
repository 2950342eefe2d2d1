//! What NNC leaves is taken as it is: `.sdcproj` and `net.nntxt` projects, `tenant/dataset` URIs, `.cache` datasets.

use nnc_tests::{Sandbox, said};

/// A project as the GUI writes it, for datasets at these URIs.
fn sdcproj(training: &str, validation: &str) -> String {
    format!(
        "[Engine]\r\nSDeepEngineType=NNabla\r\n[Global]\r\nNumNetwork=1\r\nNetwork_0=Main\r\n[Main_Network_Global]\r\n\
         NumLayer=0\r\nNumLink=0\r\n[Dataset]\r\nNum=2\r\nMainIndex=0\r\n[Dataset_0]\r\nName=Training\r\n\
         URI={training}\r\nShuffle=0\r\nImageNormalization=1\r\n[Dataset_1]\r\nName=Validation\r\nURI={validation}\r\n\
         Shuffle=0\r\nImageNormalization=1\r\n[Config]\r\nMaxEpoch=100\r\nBatchSize=4\r\n"
    )
}

fn net_nntxt(training: &str, validation: &str) -> String {
    let training = training.replace('\\', "\\\\");
    format!(
        "global_config {{\n  default_context {{\n    array_class: \"CpuCachedArray\"\n    backends: \"cpu:float\"\n  }}\n}}\n\
         training_config {{\n  max_epoch: 100\n  save_best: true\n}}\n\
         dataset {{\n  name: \"Training\"\n  uri: \"{training}\"\n  cache_dir: \"train.cache\"\n  overwrite_cache: false\n  \
         create_cache_explicitly: true\n  shuffle: false\n  no_image_normalization: false\n  batch_size: 4\n}}\n\
         dataset {{\n  name: \"Validation\"\n  uri: \"{validation}\"\n  batch_size: 4\n}}\n"
    )
}

const PROBE: [&str; 4] = ["--plugin", "probe", "--param", "side=8"];

/// Runs the project `file` with the probe and returns the maps' table.
fn run(sandbox: &Sandbox, file: &str, out: &str, more: &[&str]) -> String {
    sandbox.host(&[&["run", file, "-o", out][..], &PROBE, more].concat()).expect(0);
    sandbox.text(&format!("{out}/output_result.csv"))
}

#[test]
fn projects_of_nnc_give_what_the_same_project_in_toml_gives() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let expected = sandbox.text("out/output_result.csv");
    sandbox.write("p.sdcproj", sdcproj("{SDCPATH}\\train.csv", ".\\test.csv"));
    assert_eq!(run(&sandbox, "p.sdcproj", "a", &[]), expected);
    sandbox.write("net.nntxt", net_nntxt(".\\train.csv", "test.csv"));
    assert_eq!(run(&sandbox, "net.nntxt", "b", &[]), expected);
    for out in ["a", "b"] {
        assert!(sandbox.bytes(&format!("{out}/outputs/0_0000/5.csv")) == sandbox.bytes("out/outputs/0_0000/5.csv"));
    }
}

#[test]
fn datasets_of_a_tenant_are_found_below_a_root() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let expected = sandbox.text("out/output_result.csv");
    for (name, set) in [("gears", "train"), ("gears_test", "test")] {
        for i in 0..6 {
            let from = sandbox.path(&format!("{set}/{i}.png"));
            if from.is_file() {
                sandbox.write(&format!("root/17/{name}/{set}/{i}.png"), std::fs::read(from).unwrap());
            }
        }
        sandbox.write(&format!("root/17/{name}/index.csv"), sandbox.text(&format!("{set}.csv")));
    }
    sandbox.write("p.sdcproj", sdcproj("17/gears", "17/gears_test"));
    assert_eq!(run(&sandbox, "p.sdcproj", "a", &["--dataset-root", "root"]), expected);
    let missing = sandbox.host(&[&["train", "p.sdcproj", "-o", "b"][..], &PROBE].concat()).expect(3);
    missing.complains(&[
        "p.sdcproj: the training dataset",
        "does not exist",
        "--dataset-root FOLDER",
        "17/gears/index.csv",
    ]);
}

#[test]
fn the_traps_of_nnc_are_refused() {
    let sandbox = Sandbox::with_project();
    let train = |file: &str, more: &[&str]| sandbox.host(&[&["train", file, "-o", "x"][..], more].concat());
    // NNC drops the dataset without URI and its plugins train on the one that is left.
    sandbox.write("p.sdcproj", sdcproj("", "test.csv"));
    train("p.sdcproj", &PROBE)
        .expect(2)
        .complains(&["p.sdcproj: the project names no training dataset", "another one"]);
    sandbox.write("net.nntxt", "dataset { name: 'Validation' uri: 'test.csv' batch_size: 4 }");
    train("net.nntxt", &PROBE).expect(2).complains(&["net.nntxt: the project names no training dataset"]);
    train("net.nntxt", &[&PROBE[..], &["--set", "dataset.training.uri=train.csv"]].concat()).expect(0);

    let shuffled = sdcproj("train.csv", "test.csv").replace("URI=test.csv\r\nShuffle=0", "URI=test.csv\r\nShuffle=1");
    sandbox.write("p.sdcproj", shuffled);
    train("p.sdcproj", &PROBE).expect(0);
    let evaluated = sandbox.host(&["evaluate", "p.sdcproj", "-o", "x"]).expect(0);
    assert!(evaluated.stdout.contains("[dataset.validation] shuffle has no effect"), "{evaluated}");
    // The project that lies in the folder of a job.
    sandbox.write("network.ini", sandbox.text("p.sdcproj"));
    train("network.ini", &PROBE).expect(0);
    sandbox.write("p.sdcproj", sdcproj("train.csv", "test.csv").replace("NumLayer=0", "NumLayer=12"));
    train("p.sdcproj", &[]).expect(2).complains(&["a network of 12 functions", "--plugin padim"]);
    let ignored = train("p.sdcproj", &PROBE).expect(0);
    assert!(said(&ignored.stdout, "worker").iter().any(|line| line.contains("own network is not used")), "{ignored}");
    sandbox.write("p.sdcproj", "[Dataset]\nNum=x\n");
    train("p.sdcproj", &PROBE).expect(2).complains(&["p.sdcproj:2: [Dataset] Num is \"x\""]);
    sandbox.write("p.sdcproj", sdcproj("D:\\data\\train.csv", "test.csv"));
    train("p.sdcproj", &PROBE).expect(3).complains(&["D:/data/train.csv does not exist", "Windows"]);
}

/// One array as numpy saves it.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

/// The cache of `test.csv` of [`Sandbox::with_project`] in chunks of four, shuffled by one place.
fn test_cache(sandbox: &Sandbox) {
    let order: Vec<u8> = (0..6).map(|i| (i + 1) % 6).collect();
    let mut index = String::new();
    for (chunk, rows) in order.chunks(4).enumerate() {
        let images: Vec<u8> = rows.iter().flat_map(|row| [102 + row; 3 * 8 * 8]).collect();
        let labels: Vec<u8> = rows.iter().flat_map(|row| f32::from(row / 3).to_le_bytes()).collect();
        let mut bytes = npy("|u1", &format!("({}, 3, 8, 8)", rows.len()), &images);
        bytes.extend(npy("<f4", &format!("({}, 1)", rows.len()), &labels));
        let name = format!("cache_{:08}_{:08}.npy", 4 * chunk, 4 * chunk + rows.len() - 1);
        sandbox.write(&format!("test.cache/{name}"), bytes);
        index += &format!("{name},{}\n", rows.len());
    }
    sandbox.write("test.cache/cache_index.csv", index);
    sandbox.write("test.cache/cache_info.csv", "x\ny\n");
    let order: String = order.iter().enumerate().map(|(at, row)| format!("{at},{row}\n")).collect();
    sandbox.write("test.cache/order.csv", order);
    sandbox.write("test.cache/original.csv", sandbox.text("test.csv"));
}

#[test]
fn a_cache_is_evaluated_as_the_csv_it_was_made_from() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    test_cache(&sandbox);
    let model = "out/results.nnp";
    sandbox.host(&["evaluate", "project.toml", "-o", "cached", "--model", model, "--dataset", "test.cache"]).expect(0);
    // The rows come in the order of the cache, each with its own map.
    let lines = |out: &str| -> Vec<String> {
        let text = sandbox.text(&format!("{out}/output_result.csv"));
        text.lines().map(str::to_owned).collect()
    };
    let (csv, cache) = (lines("out"), lines("cached"));
    assert_eq!(csv[0], cache[0]);
    for at in 0..6 {
        let row = (at + 1) % 6;
        // The cells of the source; those of the result name files by the place of the sample.
        let source = |line: &str| line.split(',').take(2).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(source(&cache[1 + at]), source(&csv[1 + row]));
        let map = |out: &str, at: usize| sandbox.bytes(&format!("{out}/outputs/0_0000/{at}.csv"));
        assert!(map("cached", at) == map("out", row), "sample {at}");
    }
    sandbox.host(&["dataset", "check", "test.cache", "--size", "8x8", "--channels", "3"]).expect(0);
    // Its images also serve for a threshold.
    let calibration = ["--set", "dataset.calibration.uri=test.cache"];
    let calibrated = ["evaluate", "project.toml", "-o", "calibrated", "--model", model];
    sandbox.host(&[&calibrated[..], &calibration].concat()).expect(0);
    let evaluation = sandbox.json("calibrated/evaluation.json");
    let origin = &evaluation["evaluation"]["origin"];
    assert_eq!(origin["calibration"]["csv_sha256"], origin["evaluated"]["csv_sha256"]);

    std::fs::remove_file(sandbox.path("test.cache/cache_00000004_00000005.npy")).unwrap();
    let parts = ["cache_index.csv line 2 lists the chunk cache_00000004_00000005.npy, which does not exist"];
    sandbox.host(&["dataset", "check", "test.cache"]).expect(3).complains(&parts);
    let broken = ["evaluate", "project.toml", "-o", "broken", "--model", model, "--dataset", "test.cache"];
    let broken = sandbox.host(&broken).expect(3);
    assert!(broken.errors().iter().any(|line| line.contains(parts[0])), "{broken}");
}

#[test]
fn a_cache_is_shown_as_a_table_of_its_samples() {
    let sandbox = Sandbox::with_project();
    test_cache(&sandbox);
    // NNC's cache goes on without the images it was made from.
    std::fs::remove_dir_all(sandbox.path("test")).unwrap();
    let size: u64 = sandbox
        .names("test.cache")
        .iter()
        .map(|name| std::fs::metadata(sandbox.path(&format!("test.cache/{name}"))).unwrap().len())
        .sum();
    let shown = sandbox.host(&["dataset", "show", "test.cache", "--json"]).expect(0);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!((&shown["rows"], &shown["bytes"], &shown["files"]), (&6.into(), &size.into(), &5.into()));
    assert_eq!(shown["page"][0]["cells"][0]["shape"], "3,8,8");
    let table = sandbox.host(&["dataset", "show", "test.cache"]).expect(0);
    assert!(table.stdout.contains("6 rows, 2 columns, ") && table.stdout.contains(" in 6 files"), "{table}");
    for (asked, help) in [("show", "a .cache folder"), ("check", "a .cache folder")] {
        let told = sandbox.host(&["dataset", asked, "--help"]).expect(0);
        assert!(told.stdout.contains(help), "{told}");
    }
}
