//! How a job looks at the images of a dataset: whole or in tiles, and at what part of them. Everything but the plugin sees whole
//! images by way of it.
//!
//! What lies outside of the region of interest is painted over before a plugin gets it, so that it can neither be learned nor
//! scored; the cells of maps there get the median of those inside, and do not count for the score of the image.

use std::sync::Arc;

use nnc_dataset::{Dataset, Reader};
use nnc_files::hex;
use nnc_messages::{Exit, Failure, Result, messages};
use nnc_plugin_api::{Element, Input, Interface, Manifest, OutputSpec};
use nnc_project_types::{Roi, TileRule};
use nnc_region::Region;
use nnc_report::{RegionFacts, TileFacts, median};
use sha2::{Digest, Sha256};

use crate::listener::Listener;
use crate::worker::samples::Reading;
use crate::worker::tiles::{self, Tiles};

messages! {
    /// What is said about the region of interest.
    enum RegionMessage {
        Read { percent: String } => "the region of interest is {percent} % of an image; what lies outside is painted grey for the plugin and does not count",
            "関心領域は画像の {percent} % です。領域外はプラグインには灰色で渡し、評価の対象にしません";
        NoImage { plugin: String, reads: String } =>
            "[dataset] roi is a region of images, but plugin {plugin} reads {reads}",
            "[dataset] の roi は画像の領域ですが、プラグイン {plugin} の入力は {reads} です";
        NoCell { output: String, shape: String } =>
            "the region of interest holds no cell of output `{output}` with shape {shape} by at least half; make it larger",
            "関心領域に半分以上含まれるセルが、形状 {shape} の出力 `{output}` に 1 つもありません。領域を広げてください";
    }
}

/// What a project says about it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) tile: Option<TileRule>,
    pub(crate) roi: Option<&'a Roi>,
}

/// How the images of one dataset are looked at.
#[derive(Debug)]
pub(crate) struct View {
    tiles: Option<Tiles>,
    region: Option<Arc<Region>>,
    interface: Interface,
    /// For each output the cells that count, where it is a map and there is a region.
    cells: Vec<Option<Vec<bool>>>,
}

impl View {
    /// For a plugin with this interface and images as large as the first one of `dataset`.
    ///
    /// # Errors
    /// An interface that is none of images of that size, and a region that is none.
    pub(crate) fn of(asked: Asked<'_>, manifest: &Manifest, interface: &Interface, dataset: &Dataset) -> Result<Self> {
        let mut tiles = asked.tile.map(|rule| Tiles::of(rule, manifest, interface, dataset)).transpose()?;
        let whole = tiles.as_ref().map_or(interface, Tiles::whole).clone();
        let Some(roi) = asked.roi else {
            return Ok(Self { tiles, region: None, cells: vec![None; whole.outputs.len()], interface: whole });
        };
        let (&[_, height, width], true) = (whole.input.shape.as_slice(), whole.more_inputs.is_empty()) else {
            let (plugin, reads) = (manifest.id.clone(), tiles::told(&whole));
            return Err(Failure::new(Exit::Usage, RegionMessage::NoImage { plugin, reads }));
        };
        let region = match roi {
            Roi::Picture(path) => Region::of_picture(path, [height, width]),
            Roi::Polygons(polygons) => Region::of_polygons(polygons, [height, width]),
        }
        .map_err(|error| Failure::new(Exit::Usage, error))?;
        let cells_of = |output: &OutputSpec| match <[usize; 2]>::try_from(output.shape.as_slice()) {
            Ok(map) => {
                let cells = region.cells(map);
                let (output, shape) = (output.name.clone(), format!("{:?}", output.shape));
                let none = || Failure::new(Exit::Usage, RegionMessage::NoCell { output, shape });
                cells.contains(&true).then_some(Some(cells)).ok_or_else(none)
            }
            Err(_) => Ok(None),
        };
        let cells = whole.outputs.iter().map(cells_of).collect::<Result<_>>()?;
        if let Some(tiles) = &mut tiles {
            tiles.keep(|[rows, columns]| region.touches(rows, columns));
        }
        Ok(Self { tiles, region: Some(Arc::new(region)), interface: whole, cells })
    }

    /// What reads and gives whole images.
    pub(crate) fn interface(&self) -> &Interface {
        &self.interface
    }

    /// The tiles, where images are cut.
    pub(crate) fn tiles(&self) -> Option<&Tiles> {
        self.tiles.as_ref()
    }

    /// A reader of whole images, painted over outside of the region.
    ///
    /// # Errors
    /// A variable that the dataset lacks.
    pub(crate) fn open(&self, reading: Reading, dataset: &Arc<Dataset>) -> Result<Reader> {
        let reading = self.tiles.as_ref().map_or(reading, |tiles| reading.of_tiles(tiles));
        let reader = reading.open(dataset, &self.interface)?;
        let Some(region) = self.region.clone() else { return Ok(reader) };
        let grey = grey(&self.interface.input);
        Ok(reader.finished(Arc::new(move |image: &mut [u8]| region.paint(image, &grey))))
    }

    /// The cells of an output that count; `None` where all do.
    pub(crate) fn cells(&self, output: usize) -> Option<&[bool]> {
        self.cells.get(output)?.as_deref()
    }

    /// The values of an output with the median of those inside of the region for those outside; `None` where they stay as they
    /// are.
    pub(crate) fn within(&self, output: usize, values: &[f32]) -> Option<Vec<f32>> {
        let cells = self.cells(output)?;
        let inside = values.iter().zip(cells).filter(|(_, inside)| **inside).map(|(value, _)| *value);
        let usual = median(&inside.collect::<Vec<_>>()) as f32;
        Some(values.iter().zip(cells).map(|(value, inside)| if *inside { *value } else { usual }).collect())
    }

    /// Says in the log how images are looked at.
    pub(crate) fn tell(&self, listener: &dyn Listener) {
        if let Some(tiles) = &self.tiles {
            listener.info(&tiles.told());
        }
        if let Some(region) = &self.region {
            listener.info(&RegionMessage::Read { percent: format!("{:.1}", 100.0 * region.share()) });
        }
    }

    /// What a report says about tiles.
    pub(crate) fn tile_facts(&self) -> Option<TileFacts> {
        self.tiles.as_ref().map(Tiles::facts)
    }

    /// What a report says about the region.
    pub(crate) fn region_facts(&self) -> Option<RegionFacts> {
        self.region
            .as_ref()
            .map(|region| RegionFacts { share: region.share(), sha256: self.region_hash().unwrap_or_default() })
    }

    /// What tells the region from others.
    pub(crate) fn region_hash(&self) -> Option<String> {
        self.region.as_ref().map(|region| hex(&Sha256::digest(region.bytes())))
    }
}

/// What outside is painted with: mid grey, which is near the middle of what networks expect.
fn grey(input: &Input) -> Vec<u8> {
    match input.element {
        Element::U8 => vec![128],
        Element::F32 if input.normalize => 0.5_f32.to_ne_bytes().into(),
        Element::F32 => 128_f32.to_ne_bytes().into(),
    }
}
