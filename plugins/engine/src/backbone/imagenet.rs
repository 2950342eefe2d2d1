//! Images as networks expect them that were trained on ImageNet with PyTorch.

use crate::error::EngineError;
use nnp::{
    NetworkBuilder, Value,
    op::{Binary, BinaryKind},
};

/// Mean and deviation of ImageNet, of which such networks expect images to be free, for values 0 to 1.
const MEAN: [f64; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f64; 3] = [0.229, 0.224, 0.225];
/// The largest value of an image.
pub(super) const WHITE: f64 = 255.0;

/// (x/255 − mean)/deviation as (x − 255·mean)·(1/(255·deviation)).
pub(super) fn normalized(builder: &mut NetworkBuilder, image: Value) -> Result<Value, EngineError> {
    let mean = MEAN.map(|mean| (mean * WHITE) as f32);
    let scale = DEVIATION.map(|deviation| (deviation * WHITE).recip() as f32);
    let mean = builder.parameter("normalization/mean", &[1, 3, 1, 1], mean.to_vec());
    let scale = builder.parameter("normalization/scale", &[1, 3, 1, 1], scale.to_vec());
    let x = builder.apply(Binary::new(BinaryKind::Sub2), &[image, mean])?;
    Ok(builder.apply(Binary::new(BinaryKind::Mul2), &[x, scale])?)
}
