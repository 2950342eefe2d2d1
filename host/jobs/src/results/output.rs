//! One output of a detector in the result table: a file for each sample, or numbers in the table itself, as its shape
//! decides (NNC contract 8.2 and 8.3).

use std::io;
use std::path::Path;

use crc32fast::Hasher;
use nnc_messages::{At, Doing, Failure, Result, Say, messages};
use nnc_plugin_api::OutputSpec;
use nnc_result_folder::Directory;
use nnc_result_folder::names::OUTPUTS;

use super::number::push_f32;

messages! {
    enum OutputMessage {
        TooLarge { extent: usize } => "{extent} pixels are too many for a PNG", "{extent} ピクセルは PNG には大きすぎます";
    }
}

/// Files per folder; NNC starts a new one after so many.
pub(super) const FILES_PER_FOLDER: usize = 1000;

/// How an output appears in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A CSV file of rows of numbers.
    Matrix { columns: usize },
    /// A PNG file of 1 or 3 channels.
    Picture { channels: usize, height: usize, width: usize },
    /// A grey PNG file for each channel.
    Planes { channels: usize, height: usize, width: usize },
    /// Numbers in the table itself.
    Inline { count: usize },
}

/// An output, ready to be written sample by sample.
#[derive(Debug)]
pub(super) struct Stored {
    /// Number of the output.
    index: usize,
    name: String,
    kind: Kind,
    /// Kept between files, so that nothing is allocated for each.
    text: String,
    pixels: Vec<u8>,
    png: Vec<u8>,
}

impl Stored {
    pub(super) fn new(index: usize, spec: &OutputSpec) -> Self {
        let kind = match *spec.shape.as_slice() {
            [_, columns] => Kind::Matrix { columns },
            [channels @ (1 | 3), height, width] => Kind::Picture { channels, height, width },
            [channels, height, width] => Kind::Planes { channels, height, width },
            _ => Kind::Inline { count: spec.sample_len() },
        };
        Self { index, name: spec.name.clone(), kind, text: String::new(), pixels: Vec::new(), png: Vec::new() }
    }

    /// Header cells.
    pub(super) fn columns(&self) -> Vec<String> {
        match self.kind {
            Kind::Inline { count: 1 } | Kind::Matrix { .. } | Kind::Picture { .. } => vec![self.name.clone()],
            Kind::Inline { count } | Kind::Planes { channels: count, .. } => {
                (0..count).map(|i| format!("{}__{i}", self.name)).collect()
            }
        }
    }

    /// How many cells a row has for it.
    pub(super) fn cells(&self) -> usize {
        match self.kind {
            Kind::Inline { count } | Kind::Planes { channels: count, .. } => count,
            Kind::Matrix { .. } | Kind::Picture { .. } => 1,
        }
    }

    /// The name, if the table itself holds the numbers.
    pub(super) fn inline(&self) -> Option<&str> {
        matches!(self.kind, Kind::Inline { .. }).then_some(self.name.as_str())
    }

    /// The files of `row`, relative to the job's folder.
    pub(super) fn files(&self, row: usize) -> Vec<String> {
        match self.kind {
            Kind::Inline { .. } => Vec::new(),
            Kind::Matrix { .. } => vec![file(self.index, row, "csv")],
            Kind::Picture { .. } => vec![file(self.index, row, "png")],
            Kind::Planes { channels, .. } => {
                (0..channels).map(|channel| in_folder(self.index, row, &format!("{channel}_{row}.png"))).collect()
            }
        }
    }

    /// Writes the files of `row` below `folder`, with their bytes for `sum`, and adds the cells. `values` holds one sample.
    pub(super) fn add(
        &mut self,
        folder: &Directory,
        row: usize,
        values: &[f32],
        cells: &mut Vec<String>,
        sum: &mut Hasher,
    ) -> Result<()> {
        let files = self.files(row);
        if let Some(first) = files.first().filter(|_| row.is_multiple_of(FILES_PER_FOLDER)) {
            folder.create_folder(Path::new(first).parent().unwrap_or(Path::new("")))?;
        }
        let mut write = |file: &str, bytes: &[u8]| {
            sum.update(bytes);
            folder.write(file, bytes).map_err(Failure::from)
        };
        match self.kind {
            Kind::Inline { .. } => cells.extend(values.iter().map(|&value| {
                let mut text = String::new();
                push_f32(&mut text, value);
                text
            })),
            Kind::Matrix { columns } => {
                self.text.clear();
                push_matrix(&mut self.text, values, columns);
                for file in &files {
                    write(file, self.text.as_bytes())?;
                }
            }
            Kind::Picture { channels, height, width } => {
                interleave(&mut self.pixels, values, channels);
                for file in &files {
                    encode(&mut self.png, &self.pixels, channels, height, width)
                        .at(Doing::Write, &folder.file(file))?;
                    write(file, &self.png)?;
                }
            }
            Kind::Planes { height, width, .. } => {
                for (file, plane) in files.iter().zip(values.chunks((height * width).max(1))) {
                    interleave(&mut self.pixels, plane, 1);
                    encode(&mut self.png, &self.pixels, 1, height, width).at(Doing::Write, &folder.file(file))?;
                    write(file, &self.png)?;
                }
            }
        }
        cells.extend(files.iter().map(|file| format!("./{file}")));
        Ok(())
    }
}

/// Path of the only file for `row` of output `index`, relative to the job's folder.
pub(super) fn file(index: usize, row: usize, extension: &str) -> String {
    in_folder(index, row, &format!("{row}.{extension}"))
}

fn in_folder(index: usize, row: usize, name: &str) -> String {
    format!("{OUTPUTS}/{index}_{:04}/{name}", row / FILES_PER_FOLDER)
}

pub(super) fn push_matrix(text: &mut String, values: &[f32], columns: usize) {
    for line in values.chunks(columns.max(1)) {
        for (i, &value) in line.iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            push_f32(text, value);
        }
        text.push('\n');
    }
}

/// Planes of 0.0 to 1.0 as pixels: times 255, clipped and cut off, not rounded, as NNC does.
fn interleave(pixels: &mut Vec<u8>, values: &[f32], channels: usize) {
    let plane = values.len() / channels;
    pixels.clear();
    pixels.extend((0..values.len()).map(|i| {
        let value = values.get(i % channels * plane + i / channels).copied().unwrap_or_default();
        // The conversion clips, cuts off and makes 0 of NaN.
        (value * 255.0) as u8
    }));
}

pub(super) fn encode(png: &mut Vec<u8>, pixels: &[u8], channels: usize, height: usize, width: usize) -> io::Result<()> {
    let extent =
        |extent: usize| u32::try_from(extent).map_err(|_| io::Error::other(OutputMessage::TooLarge { extent }.said()));
    png.clear();
    let mut encoder = png::Encoder::new(png, extent(width)?, extent(height)?);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(if channels == 3 { png::ColorType::Rgb } else { png::ColorType::Grayscale });
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(index: usize, shape: &[usize]) -> Stored {
        Stored::new(index, &OutputSpec::new("y'", shape))
    }

    #[test]
    fn a_matrix_is_written_row_by_row() {
        let mut text = String::new();
        push_matrix(&mut text, &[1.0, 0.5, 1e-5, f32::NAN], 2);
        assert_eq!(text, "1.0,0.5\n1e-05,nan\n");
    }

    #[test]
    fn the_shape_decides_columns_and_files() {
        for (shape, columns, files) in [
            (&[56, 56][..], &["y'"][..], &["outputs/1_0012/12345.csv"][..]),
            (&[1, 4, 4], &["y'"], &["outputs/1_0012/12345.png"]),
            (&[3, 4, 4], &["y'"], &["outputs/1_0012/12345.png"]),
            (&[2, 4, 4], &["y'__0", "y'__1"], &["outputs/1_0012/0_12345.png", "outputs/1_0012/1_12345.png"]),
            (&[], &["y'"], &[]),
            (&[1], &["y'"], &[]),
            (&[2], &["y'__0", "y'__1"], &[]),
            (&[1, 1, 1, 1], &["y'"], &[]),
            (&[1, 2, 1, 1], &["y'__0", "y'__1"], &[]),
        ] {
            let output = stored(1, shape);
            assert_eq!(output.columns(), columns, "{shape:?}");
            assert_eq!(output.cells(), columns.len(), "{shape:?}");
            assert_eq!(output.files(12_345), files, "{shape:?}");
            assert_eq!(output.inline().is_some(), files.is_empty(), "{shape:?}");
        }
    }

    #[test]
    fn pictures_are_clipped_and_cut_off() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let mut cells = Vec::new();
        let values = [0.0, 1.0, 0.999, 2.0, -1.0, f32::NAN, 0.5, 0.1, 0.002, 0.004, 1.0 / 3.0, f32::INFINITY];
        let mut sum = Hasher::new();
        stored(0, &[3, 2, 2]).add(&folder, 0, &values, &mut cells, &mut sum).unwrap();
        stored(1, &[2, 2, 3]).add(&folder, 0, &values, &mut cells, &mut sum).unwrap();
        assert_eq!(cells, ["./outputs/0_0000/0.png", "./outputs/1_0000/0_0.png", "./outputs/1_0000/1_0.png"]);
        let mut written = Hasher::new();
        for cell in &cells {
            written.update(&folder.read(cell, 1 << 20).unwrap());
        }
        assert_eq!(sum.finalize(), written.finalize());
        let pixels = |name: &str| {
            let file = std::io::BufReader::new(folder.open(name).unwrap());
            let mut reader = png::Decoder::new(file).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            (info.color_type, info.width, info.height, pixels)
        };
        let (rgb, grey) = (png::ColorType::Rgb, png::ColorType::Grayscale);
        let red_green_blue = vec![0, 0, 0, 255, 0, 1, 254, 127, 85, 255, 25, 255];
        assert_eq!(pixels("outputs/0_0000/0.png"), (rgb, 2, 2, red_green_blue));
        assert_eq!(pixels("outputs/1_0000/0_0.png"), (grey, 3, 2, vec![0, 255, 254, 255, 0, 0]));
        assert_eq!(pixels("outputs/1_0000/1_0.png"), (grey, 3, 2, vec![127, 25, 0, 1, 85, 255]));
    }
}
