//! The calls into libjpeg-turbo. All C that decodes JPEGs is behind this file.
//!
//! Errors leave the C code by a longjmp that it also catches, and no Rust function is called from C, so nothing unwinds
//! across the border. Messages stay in the handle; the library never writes to stderr.

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;

use turbojpeg_sys as sys;

/// What the header of a JPEG tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colours: Colours,
    /// Bits per value.
    pub(super) precision: u32,
}

/// What the components of a JPEG are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    Grey,
    /// RGB, or YCbCr that is decoded to it.
    Rgb,
    /// CMYK, or YCCK that is decoded to it.
    Cmyk,
}

impl Colours {
    /// Values per pixel, decoded.
    pub(super) fn channels(self) -> usize {
        match self {
            Colours::Grey => 1,
            Colours::Rgb => 3,
            Colours::Cmyk => 4,
        }
    }
}

/// Why the library gave up, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure(pub(super) String);

/// One decoder of the library.
pub(super) struct Turbo(NonNull<std::ffi::c_void>);

// SAFETY: a handle is memory of its own without ties to the thread that made it, and is used by one thread at a time
// since every call takes it mutably.
unsafe impl Send for Turbo {}

impl Turbo {
    pub(super) fn new() -> Result<Turbo, Failure> {
        // SAFETY: no argument is a pointer; null is looked for.
        let handle = unsafe { sys::tj3Init(sys::TJINIT_TJINIT_DECOMPRESS as c_int) };
        let mut turbo = Turbo(NonNull::new(handle).ok_or_else(|| Failure("no memory for the decoder".to_owned()))?);
        // Profiles are not applied, so they are not collected either.
        turbo.set(sys::TJPARAM_TJPARAM_SAVEMARKERS, 0)?;
        Ok(turbo)
    }

    /// Reads everything before the first scan.
    pub(super) fn header(&mut self, bytes: &[u8]) -> Result<Header, Failure> {
        // SAFETY: the handle is a decoder, and pointer and length are those of one slice.
        let status = unsafe { sys::tj3DecompressHeader(self.0.as_ptr(), bytes.as_ptr(), bytes.len() as sys::size_t) };
        self.outcome(status)?;
        let colours = match self.get(sys::TJPARAM_TJPARAM_COLORSPACE) as sys::TJCS {
            sys::TJCS_TJCS_GRAY => Colours::Grey,
            sys::TJCS_TJCS_RGB | sys::TJCS_TJCS_YCbCr => Colours::Rgb,
            sys::TJCS_TJCS_CMYK | sys::TJCS_TJCS_YCCK => Colours::Cmyk,
            _ => return Err(Failure("no image follows the tables".to_owned())),
        };
        let size = |side: c_int| u32::try_from(side).map_err(|_| Failure("no size in the header".to_owned()));
        Ok(Header {
            width: size(self.get(sys::TJPARAM_TJPARAM_JPEGWIDTH))?,
            height: size(self.get(sys::TJPARAM_TJPARAM_JPEGHEIGHT))?,
            colours,
            precision: size(self.get(sys::TJPARAM_TJPARAM_PRECISION))?,
        })
    }

    /// Remembers the tables of a datastream that holds nothing else, for [`Turbo::read`].
    pub(super) fn tables(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        // SAFETY: as in `header`.
        let status = unsafe { sys::tj3DecompressHeader(self.0.as_ptr(), bytes.as_ptr(), bytes.len() as sys::size_t) };
        self.outcome(status)
    }

    /// Decodes all scans into `out`, which holds `header.colours.channels()` values per pixel. `scans` bounds how many a
    /// progressive image may have.
    pub(super) fn read(&mut self, bytes: &[u8], header: Header, scans: u32, out: &mut [u8]) -> Result<(), Failure> {
        let Header { width, height, colours, .. } = header;
        let pitch = width as usize * colours.channels();
        assert_eq!(out.len(), pitch * height as usize, "one value for each channel of each pixel");
        self.set(sys::TJPARAM_TJPARAM_SCANLIMIT, scans as c_int)?;
        // The library checks this against the header that it reads itself, and `out` has room for as many pixels of the
        // same width: that header is compared below, since the bytes are the same.
        let again = self.header(bytes)?;
        if again != header {
            return Err(Failure("its header changed while it was read".to_owned()));
        }
        let format = match colours {
            Colours::Grey => sys::TJPF_TJPF_GRAY,
            Colours::Rgb => sys::TJPF_TJPF_RGB,
            Colours::Cmyk => sys::TJPF_TJPF_CMYK,
        };
        // SAFETY: the handle is a decoder; pointer and length of the input are those of one slice; `out` holds `height`
        // rows of `pitch` bytes, which are the size and the channels that the header of these bytes tells and that the
        // library writes without scaling or cropping.
        let status = unsafe {
            sys::tj3Decompress8(
                self.0.as_ptr(),
                bytes.as_ptr(),
                bytes.len() as sys::size_t,
                out.as_mut_ptr(),
                pitch as c_int,
                format,
            )
        };
        self.outcome(status)
    }

    fn set(&mut self, parameter: sys::TJPARAM, value: c_int) -> Result<(), Failure> {
        // SAFETY: the handle is valid, and numbers are checked by the library.
        let status = unsafe { sys::tj3Set(self.0.as_ptr(), parameter as c_int, value) };
        self.outcome(status)
    }

    fn get(&mut self, parameter: sys::TJPARAM) -> c_int {
        // SAFETY: the handle is valid.
        unsafe { sys::tj3Get(self.0.as_ptr(), parameter as c_int) }
    }

    /// A warning is none for Pillow: what could be decoded is the image.
    fn outcome(&mut self, status: c_int) -> Result<(), Failure> {
        // SAFETY: the handle is valid.
        if status == 0 || unsafe { sys::tj3GetErrorCode(self.0.as_ptr()) } == sys::TJERR_TJERR_WARNING as c_int {
            return Ok(());
        }
        // SAFETY: the handle is valid, and the text that the library returns ends with a zero and stays until its next
        // call on this thread.
        let text = unsafe { CStr::from_ptr(sys::tj3GetErrorStr(self.0.as_ptr())) };
        Err(Failure(text.to_string_lossy().replace(['\n', '\r'], " ")))
    }
}

impl Drop for Turbo {
    fn drop(&mut self) {
        // SAFETY: the handle is valid and not used after this.
        unsafe { sys::tj3Destroy(self.0.as_ptr()) };
    }
}
