//! From the results of a network to values in the memory of the host.

use crate::error::{EngineError, torch};
use tch::{Kind, Tensor};

/// All values of a tensor on any device, in the order of its axes.
///
/// # Errors
/// When libtorch is out of memory.
pub fn values(tensor: &Tensor) -> Result<Vec<f32>, EngineError> {
    let mut values = vec![0.0; tensor.numel()];
    copy_values(tensor, &mut values)?;
    Ok(values)
}

/// Writes the values of a tensor on any device to `out`, which may be shorter.
///
/// # Errors
/// When libtorch is out of memory, and for an `out` that is longer.
pub fn copy_values(tensor: &Tensor, out: &mut [f32]) -> Result<(), EngineError> {
    let length = out.len();
    tensor.f_to_kind(Kind::Float).and_then(|floats| floats.f_copy_data(out, length)).map_err(torch("reading results"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_the_order_of_axes_as_floats() {
        let tensor = Tensor::from_slice(&[1.0_f64, 2.0, 3.0, 4.0, 5.0, 6.0]).view([2, 3]).tr();
        assert_eq!(values(&tensor).unwrap(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let mut first = [0.0; 2];
        copy_values(&tensor, &mut first).unwrap();
        assert_eq!(first, [1.0, 4.0]);
        assert!(copy_values(&tensor, &mut [0.0; 7]).is_err());
    }
}
