//! Small drawn datasets of whatever shape a detector asks for.

use crate::interface::{Element, Input, Interface};
use crate::loader::{RawBatch, SampleSource};

/// What samples show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// A soft texture with a little noise, another one for each sample.
    Normal,
    /// The same with a bright square in the middle.
    Defective,
    /// Every value 0.
    Black,
    /// Every value 255 (1.0 for normalised inputs).
    White,
    /// Nothing but noise.
    Noise,
    /// The first normal sample, again and again.
    Constant,
}

/// Samples in memory, in the format that an interface asks for.
#[derive(Debug, Clone)]
pub struct Samples {
    /// Floats only as memory: batches have to be aligned for `f32`, bytes alone are not.
    memory: Vec<f32>,
    bytes: usize,
    count: usize,
}

impl Samples {
    /// Draws `count` samples; `seed` chooses others of the same kind.
    pub fn draw(interface: &Interface, scene: Scene, count: usize, seed: u64) -> Self {
        let mut bytes = Vec::new();
        for row in 0..count {
            let sample = if scene == Scene::Constant { 0 } else { row as u64 };
            for input in interface.inputs() {
                draw_input(input, scene, seed.wrapping_mul(1_000_003).wrapping_add(sample), &mut bytes);
            }
        }
        Self::from_bytes(&bytes, count)
    }

    /// Samples of your own: `count` of them one after the other, floats in the machine's byte order.
    pub fn from_bytes(bytes: &[u8], count: usize) -> Self {
        let mut memory = vec![0.0; bytes.len().div_ceil(4)];
        for (word, chunk) in memory.iter_mut().zip(bytes.chunks(4)) {
            let mut four = [0; 4];
            four[..chunk.len()].copy_from_slice(chunk);
            *word = f32::from_ne_bytes(four);
        }
        Self { memory, bytes: bytes.len(), count }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All samples.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: any bytes are bytes; the vector holds at least `bytes` of them.
        unsafe { std::slice::from_raw_parts(self.memory.as_ptr().cast::<u8>(), self.bytes) }
    }

    /// `count` samples from row `first` on; fewer where they end.
    pub fn batch(&self, first: usize, count: usize) -> RawBatch<'_> {
        let count = count.min(self.count.saturating_sub(first));
        let size = self.bytes.checked_div(self.count).unwrap_or(0);
        RawBatch { first, count, bytes: &self.bytes()[first * size..(first + count) * size] }
    }
}

fn draw_input(input: &Input, scene: Scene, seed: u64, bytes: &mut Vec<u8>) {
    // The last two dimensions are rows and columns, if there are as many.
    let values: usize = input.shape.iter().product();
    let width = input.shape.last().copied().unwrap_or(1).max(1);
    let height = input.shape.iter().rev().nth(1).copied().unwrap_or(1).max(1);
    let scale = if input.normalize { 1.0 / 255.0 } else { 1.0 };
    let mut random = fastrand::Rng::with_seed(seed);
    for index in 0..values {
        let (x, y) = (index % width, index / width % height);
        let noise = random.f32();
        let texture = 120.0 + 30.0 * (x as f32 * 0.7).sin() + 30.0 * (y as f32 * 0.5).cos() + 8.0 * noise;
        let middle = |at: usize, size: usize| at * 8 >= size * 3 && at * 8 < size * 5;
        let value = match scene {
            Scene::Normal | Scene::Constant => texture,
            Scene::Defective if middle(x, width) && middle(y, height) => 250.0,
            Scene::Defective => texture,
            Scene::Black => 0.0,
            Scene::White => 255.0,
            Scene::Noise => 255.0 * noise,
        };
        match input.element {
            Element::U8 => bytes.push(value as u8),
            Element::F32 => bytes.extend((value * scale).to_ne_bytes()),
        }
    }
}

/// Samples as a dataset that a detector pulls.
pub struct MemorySource<'a> {
    samples: &'a Samples,
    len: usize,
    at: usize,
    cap: usize,
    cut: usize,
}

impl<'a> MemorySource<'a> {
    /// Each sample once.
    pub fn new(samples: &'a Samples) -> Self {
        Self { samples, len: samples.len(), at: 0, cap: usize::MAX, cut: 0 }
    }

    /// The samples over and over, `len` in all.
    pub fn repeated(self, len: usize) -> Self {
        Self { len: if self.samples.is_empty() { 0 } else { len }, ..self }
    }

    /// At most `cap` samples at once, whatever the detector asks for.
    pub fn at_most(self, cap: usize) -> Self {
        Self { cap, ..self }
    }

    /// Breaks a rule of the host on purpose: each batch is `bytes` shorter than it should be.
    pub(super) fn cut_by(self, bytes: usize) -> Self {
        Self { cut: bytes, ..self }
    }
}

impl SampleSource for MemorySource<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn next_batch(&mut self, max: usize) -> Result<Option<RawBatch<'_>>, String> {
        if self.at >= self.len {
            return Ok(None);
        }
        let first = self.at;
        let batch = self.samples.batch(first % self.samples.len(), max.min(self.cap).min(self.len - first));
        self.at += batch.count;
        let bytes = &batch.bytes[..batch.bytes.len().saturating_sub(self.cut)];
        Ok(Some(RawBatch { first, bytes, ..batch }))
    }

    fn rewind(&mut self) -> Result<(), String> {
        self.at = 0;
        Ok(())
    }
}
