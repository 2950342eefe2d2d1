//! Between nnabla's shapes, any number of batch axes and channels first or last, and libtorch's (N, C, spatial…).

use tch::{TchError, Tensor};

/// A tensor as (N, C, spatial…), and the way back.
pub(super) struct Planes {
    /// Batch axes are one, channels come first.
    pub(super) tensor: Tensor,
    /// Axes that one or two of `tensor` stand for; `None` where nothing was joined.
    joined: Option<Joined>,
    channel_last: bool,
}

struct Joined {
    axes: Vec<i64>,
    /// How many axes of the result they replace: N, or N and C.
    stand_for: usize,
}

impl Planes {
    /// For functions that mix channels: the axes before the channels are the batch. `spatial` is the number of axes that
    /// the window moves along.
    pub(super) fn new(x: &Tensor, spatial: usize, channel_last: bool) -> Result<Self, TchError> {
        let shape = x.size();
        let (batch, rest) = split(&shape, spatial + 1)?;
        let (tensor, joined) = if batch.len() == 1 {
            (x.shallow_clone(), None)
        } else {
            let tensor = x.f_reshape([&[batch.iter().product()], rest].concat())?;
            (tensor, Some(Joined { axes: batch.to_vec(), stand_for: 1 }))
        };
        let tensor = if channel_last { tensor.f_movedim([-1_i64].as_slice(), [1_i64].as_slice())? } else { tensor };
        Ok(Self { tensor, joined, channel_last })
    }

    /// For functions that treat every plane alone, where there may be any number of axes before the spatial ones.
    pub(super) fn windows(x: &Tensor, spatial: usize, channel_last: bool) -> Result<Self, TchError> {
        let shape = x.size();
        let (outer, planes) = split(&shape, spatial)?;
        if channel_last || outer.len() == 2 {
            return Self::new(x, spatial, channel_last);
        }
        let tensor = x.f_reshape([&[outer.iter().product(), 1], planes].concat())?;
        Ok(Self { tensor, joined: Some(Joined { axes: outer.to_vec(), stand_for: 2 }), channel_last })
    }

    /// Gives `result` of (N, C, spatial…) the axes before it and the place of the channels that the input had.
    pub(super) fn restore(&self, result: Tensor) -> Result<Tensor, TchError> {
        let result =
            if self.channel_last { result.f_movedim([1_i64].as_slice(), [-1_i64].as_slice())? } else { result };
        let Some(joined) = &self.joined else { return Ok(result) };
        let shape = result.size();
        result.f_reshape([&joined.axes, shape.get(joined.stand_for..).unwrap_or_default()].concat())
    }
}

/// The axes before the last `inner`, and those.
fn split(shape: &[i64], inner: usize) -> Result<(&[i64], &[i64]), TchError> {
    let at = shape.len().checked_sub(inner);
    at.and_then(|at| shape.split_at_checked(at))
        .ok_or_else(|| TchError::Shape(format!("{shape:?} has fewer than {inner} axes")))
}
