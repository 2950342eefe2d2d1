//! AffineGrid and WarpByGrid, which libtorch has with the same meaning.

use super::Call;
use nnp::op::{AffineGrid, InterpolateMode, WarpByGrid, WarpPadding};
use tch::{TchError, Tensor};

pub(super) fn affine_grid(op: &AffineGrid, call: &Call<'_>) -> Result<Tensor, TchError> {
    let theta = call.input(0)?;
    let batch = theta.size().first().copied().unwrap_or(1);
    Tensor::f_affine_grid_generator(theta, [&[batch, 1], op.size.as_slice()].concat(), op.align_corners)
}

pub(super) fn warp_by_grid(op: &WarpByGrid, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (x, grid) = (call.input(0)?, call.input(1)?);
    let x = if op.channel_last { x.f_movedim([-1_i64].as_slice(), [1_i64].as_slice())? } else { x.shallow_clone() };
    let padding = match op.padding_mode {
        WarpPadding::Zero => 0,
        WarpPadding::Repeat => 1,
        WarpPadding::Reflect => 2,
    };
    let result = x.f_grid_sampler(grid, i64::from(op.mode == InterpolateMode::Nearest), padding, op.align_corners)?;
    if op.channel_last { result.f_movedim([1_i64].as_slice(), [-1_i64].as_slice()) } else { Ok(result) }
}
