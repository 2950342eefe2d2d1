//! Images that are larger than what a plugin reads: it gets their tiles, and knows of nothing else; everything after it
//! gets whole images. `feed` is how a training gets them.

pub(crate) mod feed;

use std::ops::Range;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, OrExit, Result, messages};
use nnc_plugin_api::{Input, Interface, Manifest, OutputSpec};
use nnc_project_types::TileRule;
use nnc_report::TileFacts;
use nnc_tiles::{Stitching, Tiling};

messages! {
    /// What is said about tiles.
    pub(crate) enum TileMessage {
        OtherInput { size: usize, plugin: String, reads: String } =>
            "[config] tile has size {size}, but plugin {plugin} reads {reads}; it has to read one image of {size}x{size}, so set the size of one to that of the other",
            "[config] の tile の size は {size} ですが、プラグイン {plugin} の入力は {reads} です。{size}x{size} の画像 1 枚が必要なため、どちらかの大きさを合わせてください";
        OtherOutput { output: String, shape: String, plugin: String, size: usize } =>
            "output `{output}` of plugin {plugin} has shape {shape}, which cannot be put together from tiles of {size}x{size}: expected a map whose cells are whole pixels, or a single number",
            "プラグイン {plugin} の出力 `{output}` の形状 {shape} は、{size}x{size} のタイルから合成できません。1 セルが整数個のピクセルになるマップか、1 つの数値である必要があります";
        Read { count: usize, size: usize, width: usize, height: usize } =>
            "each image of {width}x{height} is read in {count} tiles of {size}x{size}",
            "{width}x{height} の画像をそれぞれ {size}x{size} のタイル {count} 枚に分けて読み込みます";
    }
}

/// How the images of a job are cut for its plugin. All have one size.
#[derive(Debug)]
pub(crate) struct Tiles {
    tiling: Tiling,
    /// The tiles that are looked at, in their order.
    kept: Vec<usize>,
    /// What the plugin would read and give, did it know whole images.
    whole: Interface,
    /// The outputs that it gives for a tile.
    outputs: Vec<OutputSpec>,
    /// Bytes of a value, and of a tile.
    value_bytes: usize,
    tile_bytes: usize,
    size: usize,
    overlap: usize,
    /// Height and width of the images.
    image: [usize; 2],
}

impl Tiles {
    /// The tiles of the images of `dataset`, as large as the first one is, for a plugin with this interface.
    ///
    /// # Errors
    /// An interface that is none of one image of that size, an output that cannot be put together, and a first image
    /// that cannot be read.
    pub(crate) fn of(rule: TileRule, manifest: &Manifest, interface: &Interface, dataset: &Dataset) -> Result<Self> {
        let size = rule.size();
        let plugin = || manifest.id.clone();
        let input = &interface.input;
        let &[channels, height, width] = input.shape.as_slice() else {
            return Err(other_input(size, plugin(), interface));
        };
        let fits = [height, width] == [size; 2] && interface.more_inputs.is_empty() && interface.exact_batch.is_none();
        let (Some(tile_bytes), true) = (input.sample_bytes(), fits) else {
            return Err(other_input(size, plugin(), interface));
        };
        let variable = dataset.variable(&input.variable).or_exit(Exit::Dataset)?;
        // What is no image, or has other channels, is refused by the reader, as without tiles.
        let image = match dataset.shape_of(0, variable).or_exit(Exit::Dataset)?.as_slice() {
            &[_, height, width] => [height, width],
            _ => [size; 2],
        };
        let maps: Vec<[usize; 2]> = interface.outputs.iter().filter_map(map_of).collect();
        let refuse = |output: &OutputSpec| {
            let (output, shape) = (output.name.clone(), format!("{:?}", output.shape));
            Failure::new(Exit::Usage, TileMessage::OtherOutput { output, shape, plugin: plugin(), size })
        };
        if let Some(output) =
            interface.outputs.iter().find(|output| map_of(output).is_none() && output.sample_len() != 1)
        {
            return Err(refuse(output));
        }
        let tiling = Tiling::new(image, [size; 2], rule.overlap(), &maps).map_err(|misfit| {
            let output = interface.outputs.iter().find(|output| map_of(output) == Some(misfit.map));
            output.map_or_else(|| other_input(size, plugin(), interface), refuse)
        })?;
        let whole_shape = |output: &OutputSpec| match map_of(output) {
            Some(map) => OutputSpec::new(output.name.clone(), tiling.whole_map(map)),
            None => output.clone(),
        };
        let mut whole = interface.clone();
        whole.input.shape = vec![channels, image[0], image[1]];
        whole.outputs = interface.outputs.iter().map(whole_shape).collect();
        let (outputs, value_bytes) = (interface.outputs.clone(), input.element.size());
        let kept = (0..tiling.count()).collect();
        Ok(Self { tiling, kept, whole, outputs, value_bytes, tile_bytes, size, overlap: rule.overlap(), image })
    }

    /// What reads and gives whole images.
    pub(crate) fn whole(&self) -> &Interface {
        &self.whole
    }

    /// Leaves out the tiles whose rows and columns of pixels `is_seen` denies.
    pub(crate) fn keep(&mut self, is_seen: impl Fn([Range<usize>; 2]) -> bool) {
        self.kept.retain(|&index| is_seen(self.tiling.pixels(index)));
    }

    /// Tiles of an image that are looked at.
    pub(crate) fn per_image(&self) -> usize {
        self.kept.len()
    }

    /// Bytes of a tile.
    pub(crate) fn tile_bytes(&self) -> usize {
        self.tile_bytes
    }

    /// What is said about them.
    pub(crate) fn told(&self) -> TileMessage {
        let [height, width] = self.image;
        TileMessage::Read { count: self.per_image(), size: self.size, width, height }
    }

    /// What a report says about them.
    pub(crate) fn facts(&self) -> TileFacts {
        TileFacts { size: self.size, overlap: self.overlap, count: self.per_image(), image: self.image }
    }

    /// Copies tile `index` of `image` to `tile`.
    pub(crate) fn cut(&self, image: &[u8], index: usize, tile: &mut [u8]) {
        self.tiling.cut(image, self.value_bytes, self.place(index), tile);
    }

    /// What puts each output of an image together.
    pub(crate) fn stitchings(&self) -> Vec<Stitching> {
        let stitching = |output: &OutputSpec| match map_of(output) {
            Some(map) => Stitching::of_maps(&self.tiling, map),
            None => Stitching::of_numbers(),
        };
        self.outputs.iter().map(stitching).collect()
    }

    /// Adds the values that output `stitching` is for of tile `index`.
    pub(crate) fn stitch(&self, stitching: &mut Stitching, index: usize, values: &[f32]) {
        stitching.add(&self.tiling, self.place(index), values);
    }

    /// The number among all tiles of one that is looked at.
    fn place(&self, index: usize) -> usize {
        self.kept.get(index).copied().unwrap_or_default()
    }
}

fn other_input(size: usize, plugin: String, interface: &Interface) -> Failure {
    Failure::new(Exit::Usage, TileMessage::OtherInput { size, plugin, reads: told(interface) })
}

/// What a plugin reads, for a message.
pub(crate) fn told(interface: &Interface) -> String {
    let read = |input: &Input| format!("`{}` {:?}", input.variable, input.shape);
    let reads = interface.inputs().map(read).collect::<Vec<_>>().join(", ");
    match interface.exact_batch {
        Some(samples) => format!("{reads} x {samples}"),
        None => reads,
    }
}

/// Rows and columns of an output that is a map.
fn map_of(output: &OutputSpec) -> Option<[usize; 2]> {
    <[usize; 2]>::try_from(output.shape.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use nnc_dataset::{Element, Reader, ReaderLimits, SampleFormat};
    use nnc_messages::Say;

    use super::feed::TileFeed;
    use super::*;

    /// Two grey images of 5 rows and 6 columns.
    fn dataset(folder: &std::path::Path) -> Arc<Dataset> {
        for (name, light) in [("a.png", 0), ("b.png", 100)] {
            let image = image::GrayImage::from_fn(6, 5, |x, y| image::Luma([light + (6 * y + x) as u8]));
            image.save(folder.join(name)).unwrap();
        }
        std::fs::write(folder.join("d.csv"), "x\na.png\nb.png\n").unwrap();
        Arc::new(Dataset::open(&folder.join("d.csv")).unwrap())
    }

    fn of(interface: &Interface, dataset: &Dataset) -> Result<Tiles> {
        // The smallest tile that a project can ask for is larger.
        let rule: TileRule = serde_json::from_str(r#"{"size":4,"overlap":2}"#).unwrap();
        Tiles::of(rule, &Manifest::new("mine", "Mine", "1.0.0"), interface, dataset)
    }

    #[test]
    fn a_plugin_gets_tiles_and_knows_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = dataset(folder.path());
        let outputs = vec![OutputSpec::new("map", [2, 2]), OutputSpec::new("score", [])];
        let tiles = of(&Interface::new(Input::image("x", [1, 4, 4]), outputs), &dataset).unwrap();
        assert_eq!((tiles.per_image(), tiles.tile_bytes()), (4, 16));
        let whole = [OutputSpec::new("map", [3, 3]), OutputSpec::new("score", [])];
        assert_eq!((&tiles.whole().input.shape[..], &tiles.whole().outputs[..]), (&[1, 5, 6][..], &whole[..]));
        let shapes: Vec<Vec<usize>> = tiles.stitchings().iter().map(Stitching::shape).collect();
        assert_eq!(shapes, [vec![3, 3], vec![]]);

        let format = SampleFormat { shape: vec![1, 5, 6], element: Element::U8 };
        let limits = ReaderLimits { max_images: 1, threads: 2 };
        let reader = Reader::new(Arc::clone(&dataset), "x", format, limits).unwrap();
        let mut feed = TileFeed::new(&tiles, reader, dataset.len(), 3);
        for _ in 0..2 {
            // Batches are full across images, but for the last one.
            let mut seen = Vec::new();
            while let Some(batch) = feed.next_batch(9).unwrap() {
                assert_eq!(
                    (batch.first, batch.count, batch.bytes.len()),
                    (seen.len() / 16, if seen.len() < 96 { 3 } else { 2 }, 16 * batch.count)
                );
                assert_eq!(batch.bytes.as_ptr().align_offset(8), 0);
                seen.extend_from_slice(batch.bytes);
            }
            assert_eq!(seen.len(), 8 * 16);
            assert_eq!(seen[16..20], [2, 3, 4, 5]);
            // The last tile of the second image: its last row is mirrored.
            assert_eq!(
                seen[112..],
                [114, 115, 116, 117, 120, 121, 122, 123, 126, 127, 128, 129, 120, 121, 122, 123].map(|v| v)
            );
            feed.rewind();
        }
    }

    #[test]
    fn what_cannot_be_tiled_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = dataset(folder.path());
        let map = || vec![OutputSpec::new("map", [2, 2])];
        let refused = |interface: &Interface| of(interface, &dataset).unwrap_err().to_string();
        let other = Interface::new(Input::image("x", [3, 8, 8]), map());
        assert!(refused(&other).contains("size 4, but plugin mine reads `x` [3, 8, 8]"), "{}", refused(&other));
        let exact = Interface::new(Input::image("x", [1, 4, 4]), map()).with_exact_batch(7);
        assert!(refused(&exact).contains("`x` [1, 4, 4] x 7"));
        for shape in [vec![3, 3], vec![5], vec![1, 2, 2]] {
            let interface = Interface::new(Input::image("x", [1, 4, 4]), vec![OutputSpec::new("odd", shape.clone())]);
            let told = refused(&interface);
            assert!(told.contains(&format!("output `odd` of plugin mine has shape {shape:?}")), "{told}");
        }
        let none = Interface::new(Input::image("z", [1, 4, 4]), map());
        assert!(refused(&none).contains('z'));
        let told = of(&Interface::new(Input::image("x", [1, 4, 4]), map()), &dataset).unwrap().told().said();
        assert_eq!(told, "each image of 6x5 is read in 4 tiles of 4x4");
    }
}
