//! Between nnabla's shapes, any number of batch axes and channels first or last, and libtorch's (N, C, spatial…).

use tch::{TchError, Tensor};

/// A tensor as (N, C, spatial…), and the way back.
pub(super) struct Planes {
    /// Batch axes are one, channels come first.
    pub(super) tensor: Tensor,
    batch: Vec<i64>,
    channel_last: bool,
}

impl Planes {
    /// `spatial` is the number of axes that a window moves along; the axes before and beside them are batch and channels.
    pub(super) fn new(x: &Tensor, spatial: usize, channel_last: bool) -> Result<Self, TchError> {
        let shape = x.size();
        let batch_axes = shape.len().checked_sub(spatial + 1);
        let (batch, rest) = batch_axes
            .and_then(|axes| shape.split_at_checked(axes))
            .ok_or_else(|| TchError::Shape(format!("{shape:?} has no {spatial} spatial axes and channels")))?;
        let tensor = if batch.len() == 1 {
            x.shallow_clone()
        } else {
            x.f_reshape([&[batch.iter().product()], rest].concat())?
        };
        let tensor = if channel_last { tensor.f_movedim([-1_i64].as_slice(), [1_i64].as_slice())? } else { tensor };
        Ok(Self { tensor, batch: batch.to_vec(), channel_last })
    }

    /// Gives `result` of (N, C, spatial…) the batch axes and the place of the channels that the input had.
    pub(super) fn restore(&self, result: Tensor) -> Result<Tensor, TchError> {
        let result =
            if self.channel_last { result.f_movedim([1_i64].as_slice(), [-1_i64].as_slice())? } else { result };
        if self.batch.len() == 1 {
            return Ok(result);
        }
        let shape = result.size();
        result.f_reshape([&self.batch, shape.get(1..).unwrap_or_default()].concat())
    }
}
