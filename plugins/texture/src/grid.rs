//! How an image is divided into cells.

use serde::{Deserialize, Serialize};

/// Largest number of cells: their statistics then take 140 MB.
const MAX_CELLS: usize = 1 << 18;

/// Images of a size, and the square cells they are described by; what does not fill a cell at the right and lower
/// border belongs to the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grid {
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// Height and width of a cell.
    pub(crate) cell: usize,
}

impl Grid {
    /// Checks sizes that come from a user or a file.
    ///
    /// # Errors
    /// One sentence on what does not go together.
    pub(crate) fn check(self) -> Result<Self, String> {
        let Self { height, width, cell } = self;
        if cell == 0 || height < cell || width < cell {
            return Err(format!("images of {width}x{height} do not hold a cell of {cell}x{cell}"));
        }
        let cells = (height / cell).checked_mul(width / cell);
        if cells.is_none_or(|cells| cells > MAX_CELLS) || height.checked_mul(width).is_none() {
            return Err(format!(
                "images of {width}x{height} have more than {MAX_CELLS} cells of {cell}x{cell}; use larger cells"
            ));
        }
        Ok(self)
    }

    pub(crate) fn rows(self) -> usize {
        self.height / self.cell
    }

    pub(crate) fn columns(self) -> usize {
        self.width / self.cell
    }

    pub(crate) fn cells(self) -> usize {
        self.rows() * self.columns()
    }

    pub(crate) fn pixels(self) -> usize {
        self.height * self.width
    }

    /// The row or column of the cell that holds a pixel, of `count`.
    pub(crate) fn cell_of(self, pixel: usize, count: usize) -> usize {
        (pixel / self.cell).min(count - 1)
    }
}
