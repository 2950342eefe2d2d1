//! From image bytes to the input of a network.

use crate::error::{EngineError, torch};
use tch::{Device, Kind, TchError, Tensor};

/// Makes (n, c, h, w) float32 out of `bytes`, n images of c planes of h rows of w values, 0 to 255 and left so.
///
/// The bytes are read once: they are converted on the CPU, or sent to a GPU as they are and converted there, by way of
/// memory that the GPU reads by itself, so that nobody waits for the transfer.
///
/// # Errors
/// When `bytes` has another length, or libtorch is out of memory.
pub fn image_tensor(
    bytes: &[u8],
    images: usize,
    [channels, height, width]: [usize; 3],
    device: Device,
) -> Result<Tensor, EngineError> {
    let mismatch = || EngineError::Image { found: bytes.len(), images, shape: [channels, height, width] };
    let extents = [images, channels, height, width];
    let expected = extents.iter().try_fold(1_usize, |product, &extent| product.checked_mul(extent));
    if expected != Some(bytes.len()) {
        return Err(mismatch());
    }
    let size = extents.iter().map(|&extent| i64::try_from(extent)).collect::<Result<Vec<_>, _>>();
    let size = size.map_err(|_| mismatch())?;
    let strides: Vec<i64> = (1..=4).map(|axis| size.iter().skip(axis).product()).collect();
    let _no_grad = tch::no_grad_guard();
    let convert = || {
        // SAFETY: `bytes` has exactly the elements that `size` and row-major `strides` reach and is borrowed until this
        // function returns. The blob does not live longer: the conversion to float32 copies it, or `upload` has.
        let blob = unsafe { Tensor::f_from_blob(bytes.as_ptr(), &size, &strides, Kind::Uint8, Device::Cpu) }?;
        let there = match device {
            Device::Cpu => blob,
            // The name without `internal` prints a warning for every batch: that its argument is deprecated.
            _ => upload(&blob.f_internal_pin_memory(device)?, device)?,
        };
        there.f_to_kind(Kind::Float)
    };
    convert().map_err(torch("converting images"))
}

/// Sends bytes to a device without waiting until they are there: what is done with them there comes after them anyway.
/// libtorch keeps pinned memory from being used again until then.
fn upload(pinned: &Tensor, device: Device) -> Result<Tensor, TchError> {
    pinned.f_to_device_(device, pinned.kind(), true, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_keep_their_order_and_values() {
        let bytes: Vec<u8> = (0..2 * 3 * 2 * 4).map(|value| value * 5).collect();
        let tensor = image_tensor(&bytes, 2, [3, 2, 4], Device::Cpu).unwrap();
        assert_eq!((tensor.size(), tensor.kind()), (vec![2, 3, 2, 4], Kind::Float));
        for (index, &byte) in bytes.iter().enumerate() {
            let value = tensor.reshape([-1]).double_value(&[i64::try_from(index).unwrap()]);
            assert_eq!(value, f64::from(byte));
        }
    }

    #[test]
    fn an_upload_keeps_the_bytes() {
        let bytes: Vec<u8> = (0..=255).collect();
        let there = upload(&Tensor::from_slice(&bytes), Device::Cpu).unwrap();
        assert_eq!(Vec::<u8>::try_from(&there).unwrap(), bytes);
    }

    #[test]
    fn a_wrong_length_is_refused() {
        for (images, shape) in [(1, [3, 2, 2]), (2, [3, 2, 1]), (usize::MAX, [usize::MAX, 1, 1])] {
            let error = image_tensor(&[0; 11], images, shape, Device::Cpu).unwrap_err();
            assert!(matches!(error, EngineError::Image { found: 11, .. }), "{error}");
        }
    }
}
