//! What must hold for every input: the bodies of the fuzz targets, and of the test that replays their seeds.

use std::path::Path;

use image::ImageFormat;
use nnc_dataset::{AlphaPolicy, Dataset, PixelOptions, decode_pixels, pixel_count, read_npy};
use nnc_dataset_create::{Limits, Mode, Options, Watch, create};
use nnc_project::Project;
use nnc_report::{
    Maps, PageOptions, leave_out_foreign, read_evaluation_and_origin, read_map, write_html, write_scores,
};
use nnc_result_folder::names::{CHECKPOINT, CHECKPOINT_ROWS};
use nnc_result_folder::{Checkpoint, Directory, Identity, Phase, ResultFolder, SealKey, finished_rows};

/// Panics inside of the libraries that decode pictures and HDF5 become errors, so a target lets them pass.
pub fn forgive_libraries() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(std::panic::Location::file).unwrap_or_default();
        if !place.contains("/registry/src/") {
            usual(panic);
        }
    }));
}

/// A folder that lies in memory where the system has a place for that: a disk would have to wait for each file, and for what is
/// flushed.
fn folder() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

/// A folder with the bytes as a file of this name.
fn with_file(name: &str, data: &[u8], check: impl FnOnce(&Path, &Path)) {
    let Ok(folder) = folder() else { return };
    let path = folder.path().join(name);
    if std::fs::write(&path, data).is_ok() {
        check(folder.path(), &path);
    }
}

/// A table is read or refused; rows, cells and files of one that is read can be asked for.
pub fn table(data: &[u8]) {
    with_file("a.csv", data, |_, path| {
        let Ok((dataset, _)) = Dataset::open_leniently(path) else { return };
        for row in 0..dataset.len().min(100) {
            assert_eq!(dataset.record(row).count(), dataset.header().len());
            for column in 0..dataset.header().len() {
                let _ = dataset.file(row, column);
            }
        }
        let _ = dataset.outside();
    });
}

/// A project is read or refused.
pub fn project(data: &[u8]) {
    with_file("a.toml", data, |_, path| drop(Project::read(path, &[], &[])));
}

/// As [`project`].
pub fn sdcproj(data: &[u8]) {
    with_file("a.sdcproj", data, |_, path| drop(Project::read(path, &[], &[])));
}

/// An evaluation is read or refused; one that is read has a table and a report, in which no text became a tag.
pub fn evaluation(data: &[u8]) {
    with_file("evaluation.json", data, |folder, _| {
        let Ok((mut evaluation, is_foreign)) = read_evaluation_and_origin(folder) else { return };
        leave_out_foreign(&mut evaluation, folder, is_foreign);
        let (mut table, mut page) = (Vec::new(), Vec::new());
        let _ = write_scores(&evaluation, &mut table);
        let _ = write_html(&evaluation, &Maps::default(), &PageOptions::default(), &mut page);
    });
}

/// Whatever a journal says, nothing outside of its result folder changes.
pub fn journal(data: &[u8]) {
    let Ok(folder) = folder() else { return };
    let (out, thesis) = (folder.path().join("out"), folder.path().join("thesis"));
    let staged = out.join(".evaluate.partial");
    let made = std::fs::create_dir_all(&staged)
        .and_then(|()| std::fs::write(&thesis, "mine"))
        .and_then(|()| std::fs::write(staged.join("report.html"), "new"))
        .and_then(|()| std::fs::write(out.join(".evaluate.moves.json"), data));
    if made.is_ok() {
        let _ = ResultFolder::open(&out, Phase::Evaluate);
        assert_eq!(std::fs::read(&thesis).ok().as_deref(), Some(&b"mine"[..]));
        assert_eq!(std::fs::read_dir(folder.path()).map(Iterator::count).ok(), Some(2));
    }
}

/// A checkpoint is counted or not. The first line is its head, what follows are its rows.
pub fn checkpoint(data: &[u8]) {
    let Ok(folder) = folder() else { return };
    let staging = folder.path().join(".evaluate.partial");
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (head, rows) = data.split_at(end);
    let written = std::fs::create_dir_all(&staging)
        .and_then(|()| std::fs::write(staging.join(CHECKPOINT), head))
        .and_then(|()| std::fs::write(staging.join(CHECKPOINT_ROWS), rows.get(1..).unwrap_or_default()));
    if written.is_ok() {
        let _ = finished_rows(folder.path());
        let _ = Checkpoint::find(&Directory::new(staging), &Identity::default(), &SealKey::unknown());
    }
}

/// An array is as long as its shape says.
pub fn npy(data: &[u8]) {
    with_file("a.npy", data, |_, path| {
        if let Ok(array) = read_npy(path) {
            assert_eq!(array.shape.iter().product::<usize>(), array.values.len());
        }
    });
}

/// A map is whole or refused.
pub fn map(data: &[u8]) {
    with_file("a.csv", data, |_, path| {
        if let Ok(map) = read_map(path) {
            assert_eq!(map.rows() * map.columns(), map.values().len());
        }
    });
}

/// An archive becomes a dataset or is refused; nothing appears beside it.
pub fn archive(data: &[u8]) {
    with_file("archive", data, |folder, path| {
        let watch = Watch {
            stage: &|_| {},
            progress: &|_, _| {},
            cancelled: &|| false,
            describe: &|_| serde_json::Value::Null,
        };
        let limits = Limits { pixels: 1 << 16, total_bytes: 1 << 24, file_bytes: 1 << 22, ..Limits::default() };
        let options = Options {
            width: 4,
            height: 4,
            channels: 3,
            mode: Mode::default(),
            shuffle: None,
            file1: "train.csv".into(),
            file2: "test.csv".into(),
            ratio2: 50,
            group: None,
            group_column: None,
            alpha: AlphaPolicy::Drop,
            scale_sixteen_bit: true,
            against: None,
            force: false,
            limits,
            threads: 1,
        };
        let made = create(path, &folder.join("out"), &options, &watch).is_ok();
        assert_eq!(std::fs::read_dir(folder).map(Iterator::count).ok(), Some(1 + usize::from(made)));
    });
}

/// A picture has as many pixels as its header says, or is refused.
pub fn picture(data: &[u8]) {
    let formats =
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff, ImageFormat::WebP];
    let Some((first, bytes)) = data.split_first() else { return };
    let format = formats[usize::from(*first) % formats.len()];
    let options = PixelOptions { alpha: AlphaPolicy::Drop, scale_sixteen_bit: true, max_pixels: 1 << 20 };
    let _ = pixel_count(bytes, format);
    let _ = decode_pixels(bytes, format, &options);
}

/// Tensors are as long as their shapes say, and hold no more values than the file has bytes.
pub fn pickle(data: &[u8]) {
    if let Ok(tensors) = nnc_state_dict::pickle::from_bytes(data) {
        are_whole(&tensors, data.len());
    }
}

/// As [`pickle`].
pub fn safetensors(data: &[u8]) {
    if let Ok(tensors) = nnc_state_dict::safetensors::from_bytes(data) {
        are_whole(&tensors, data.len());
    }
}

fn are_whole(tensors: &[nnc_state_dict::StateTensor], bytes: usize) {
    for tensor in tensors {
        assert_eq!(tensor.shape.iter().product::<usize>(), tensor.data.len(), "{}", tensor.name);
    }
    assert!(tensors.iter().map(|tensor| tensor.data.len()).sum::<usize>() <= bytes);
}
