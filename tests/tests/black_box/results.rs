//! The files of an evaluation, byte for byte as Neural Network Console writes them (NNC contract 8).

use nnc_tests::{Sandbox, members, rows, said};

#[test]
fn the_table_repeats_the_dataset_and_adds_a_column_for_each_output() {
    let sandbox = Sandbox::with_project();
    let far = sandbox.image("far away.png", 8, 8, [104; 3]);
    // Comment columns stay as they are, relative names get one `./`, absolute ones and numbers stay.
    sandbox.write(
        "test.csv",
        format!(
            "# note:why,x:the image,y:label,v__0:first,v__1:second\n\
             seen\\by me,test/0.png,0,1e-3, 2\n\
             \"a, b\",./test/1.png,0,nan,1_000\n\
             ,.\\test\\2.png,1,-1,0\n\
             ./x,{},1,.5,inf\n",
            far.display()
        ),
    );
    sandbox.job("run", &[]).expect(0);
    assert_eq!(
        sandbox.text("out/output_result.csv"),
        format!(
            "# note:why,x:the image,y:label,v__0:first,v__1:second,x',mean\n\
             seen\\by me,./test/0.png,0,1e-3, 2,./outputs/0_0000/0.csv,102.0\n\
             \"a, b\",./test/1.png,0,nan,1_000,./outputs/0_0000/1.csv,103.0\n\
             ,./test/2.png,1,-1,0,./outputs/0_0000/2.csv,104.0\n\
             ./x,{},1,.5,inf,./outputs/0_0000/3.csv,104.0\n",
            far.display()
        )
    );
    assert_eq!(
        sandbox.json("out/evaluate_status.json")["output_result"]["csv_header"],
        "# note:why,x:the image,y:label,v__0:first,v__1:second,x',mean"
    );
}

#[test]
fn absolute_files_travel_in_the_archive_and_everything_is_stored_in_order() {
    let sandbox = Sandbox::with_project();
    let first = sandbox.image("away/part.png", 8, 8, [104; 3]);
    let second = sandbox.image("other/part.png", 8, 8, [90; 3]);
    sandbox.write(
        "test.csv",
        format!(
            "x:image,y:label\n{},0\n./test/1.png,0\n{},1\n{},1\n",
            first.display(),
            second.display(),
            first.display()
        ),
    );
    sandbox.job("run", &[]).expect(0);
    let zip = members(&sandbox.path("out/output_result.zip"));
    assert!(zip.iter().all(|member| member.stored));
    let names: Vec<&str> = zip.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "output_result.csv",
            "reference/0_part.png",
            "reference/1_part.png",
            "reference/2_part.png",
            "outputs/0_0000/0.csv",
            "outputs/0_0000/1.csv",
            "outputs/0_0000/2.csv",
            "outputs/0_0000/3.csv",
        ]
    );
    assert_eq!(
        std::str::from_utf8(&zip[0].bytes).unwrap(),
        "x:image,y:label,x',mean\n\
         ./reference/0_part.png,0,./outputs/0_0000/0.csv,104.0\n\
         ./test/1.png,0,./outputs/0_0000/1.csv,103.0\n\
         ./reference/1_part.png,1,./outputs/0_0000/2.csv,90.0\n\
         ./reference/2_part.png,1,./outputs/0_0000/3.csv,104.0\n"
    );
    assert_eq!(zip[2].bytes, std::fs::read(second).unwrap());
    assert_eq!(zip[3].bytes, zip[1].bytes);
    for member in &zip[4..] {
        assert_eq!(member.bytes, sandbox.bytes(&format!("out/{}", member.name)), "{}", member.name);
    }
    // The table beside the archive keeps the names of the dataset.
    assert!(sandbox.text("out/output_result.csv").contains(&format!("\n{},0,", first.display())));
}

#[test]
fn the_evaluated_model_is_the_model_with_the_results_behind_it() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let model = members(&sandbox.path("out/results.nnp"));
    let evaluated = members(&sandbox.path("out/result_evaluate.nnp"));
    let (last, rest) = evaluated.split_last().unwrap();
    assert_eq!(rest, model);
    assert!(evaluated.iter().all(|member| member.stored));
    assert_eq!(last.name, "output_result.zip");
    assert_eq!(last.bytes, sandbox.bytes("out/output_result.zip"));

    // A model that has been evaluated before keeps its old results and gets the new ones under the next free name.
    sandbox.job("evaluate", &["--model", "out/result_evaluate.nnp"]).expect(0);
    let names: Vec<String> =
        members(&sandbox.path("out/result_evaluate.nnp")).into_iter().map(|member| member.name).collect();
    assert_eq!(names, ["probe.json", "nnc_host.json", "output_result.zip", "output_result_1.zip"]);
}

#[test]
fn numbers_are_written_as_numpy_writes_them() {
    let sandbox = Sandbox::new();
    // Equal training images: the mean is theirs and the spread is 1.
    sandbox.image("train.png", 1, 1, [10, 10, 10]);
    sandbox.write("train.csv", "x\ntrain.png\ntrain.png\n");
    let mut test = String::from("x\n");
    let cases = [
        ([10, 10, 10], "0.0", "10.0"),
        ([13, 13, 13], "3.0", "13.0"),
        ([11, 10, 10], "0.33333334", "10.333333"),
        ([255, 255, 255], "245.0", "255.0"),
        ([0, 0, 1], "9.666667", "0.33333334"),
        ([12, 10, 10], "0.6666667", "10.666667"),
    ];
    for (i, (colour, _, _)) in cases.iter().enumerate() {
        sandbox.image(&format!("{i}.png"), 1, 1, *colour);
        test += &format!("{i}.png\n");
    }
    sandbox.write("test.csv", test);
    sandbox.write("project.toml", Sandbox::PROJECT);
    sandbox.job("run", &["--param", "side=1"]).expect(0);
    let mut table = String::from("x,x',mean\n");
    for (i, (_, score, mean)) in cases.iter().enumerate() {
        assert_eq!(sandbox.text(&format!("out/outputs/0_0000/{i}.csv")), format!("{score}\n"));
        table += &format!("./{i}.png,./outputs/0_0000/{i}.csv,{mean}\n");
    }
    assert_eq!(sandbox.text("out/output_result.csv"), table);
}

#[test]
fn maps_hold_one_line_for_each_row_of_the_image() {
    let sandbox = Sandbox::new();
    sandbox.image("grey.png", 2, 2, [100; 3]);
    // Rows from the top: 100 101 / 102 104.
    let mut uneven = image::RgbImage::from_pixel(2, 2, image::Rgb([100; 3]));
    for (x, y, value) in [(1, 0, 101), (0, 1, 102), (1, 1, 104)] {
        uneven.put_pixel(x, y, image::Rgb([value; 3]));
    }
    uneven.save(sandbox.path("uneven.png")).unwrap();
    sandbox.write("train.csv", "x\ngrey.png\n");
    sandbox.write("test.csv", "x\nuneven.png\n");
    sandbox.write("project.toml", Sandbox::PROJECT);
    sandbox.job("run", &["--param", "side=2"]).expect(0);
    assert_eq!(sandbox.text("out/outputs/0_0000/0.csv"), "0.0,1.0\n2.0,4.0\n");
}

#[test]
fn a_thousand_maps_fill_a_folder() {
    let sandbox = Sandbox::new();
    sandbox.image("a.png", 1, 1, [100; 3]);
    sandbox.image("b.png", 1, 1, [102; 3]);
    sandbox.write("train.csv", "x\na.png\n");
    sandbox.write("test.csv", format!("x\n{}b.png\n", "a.png\n".repeat(1000)));
    sandbox.write("project.toml", Sandbox::PROJECT);
    sandbox.job("run", &["--param", "side=1", "--batch-size", "300"]).expect(0);
    assert_eq!(sandbox.names("out/outputs"), ["0_0000", "0_0001"]);
    assert_eq!(sandbox.names("out/outputs/0_0000").len(), 1000);
    assert_eq!(sandbox.names("out/outputs/0_0001"), ["1000.csv"]);
    assert_eq!(sandbox.text("out/outputs/0_0000/999.csv"), "0.0\n");
    assert_eq!(sandbox.text("out/outputs/0_0001/1000.csv"), "2.0\n");
    let table = sandbox.text("out/output_result.csv");
    assert_eq!(table.lines().count(), 1002);
    assert_eq!(table.lines().last(), Some("./b.png,./outputs/0_0001/1000.csv,102.0"));
    let zip = members(&sandbox.path("out/output_result.zip"));
    assert_eq!(zip.len(), 1002);
    assert_eq!(zip[1001].name, "outputs/0_0001/1000.csv");
    let log = sandbox.text("out/evaluate_log.txt");
    let batches: Vec<&str> = said(&log, "nnabla").into_iter().filter(|line| line.starts_with("data ")).collect();
    assert_eq!(batches.last(), Some(&"data 1001 / 1001"));
    assert!(batches.len() <= 5, "{batches:?}");
}

#[test]
fn values_that_a_plugin_forgets_are_written_as_nan_with_a_warning() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("run", &["--param", "misbehave=nan"]).expect(0);
    assert_eq!(sandbox.text("out/outputs/0_0000/0.csv"), "nan,nan,nan,nan,nan,nan,nan,nan\n".repeat(8));
    assert!(sandbox.text("out/output_result.csv").lines().nth(1).unwrap().ends_with("/0.csv,nan"));
    let warning = outcome.stdout.lines().find(|line| line.contains("[WARNING]")).unwrap();
    assert!(warning.contains("plugin probe") && warning.contains("for 6 images"), "{warning}");
    assert!(outcome.stdout.ends_with("worker done\n"), "{outcome}");
}

#[test]
fn images_come_in_the_order_of_the_table_whatever_the_batch_size() {
    let sandbox = Sandbox::with_project();
    let mut tables = Vec::new();
    for size in ["1", "2", "5", "64"] {
        sandbox.job("run", &["--batch-size", size, "--threads", "3", "--param", "passes=2"]).expect(0);
        tables.push(sandbox.text("out/output_result.csv"));
        for i in 0..6 {
            let map = rows(&sandbox.text(&format!("out/outputs/0_0000/{i}.csv")));
            // Mean 102; standard deviation of 100 to 104 is the root of 2, and the probe adds 1.
            let due = i as f32 / (2f32.sqrt() + 1.0);
            assert!(map.len() == 8 && map.iter().flatten().all(|v| (v - due).abs() < 1e-6), "{i}: {map:?}");
        }
    }
    assert!(tables.iter().all(|table| *table == tables[0]), "{tables:?}");
}
