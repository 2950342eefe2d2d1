//! The cells of a table in a few blocks of memory: a row costs its text, 4 bytes for each cell and 4 for its line.

use csv::ByteRecord;

/// The rows of a table, all of the same number of cells.
///
/// Places in the text are 32 bits wide, which suits tables of at most 4 GiB.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cells {
    columns: usize,
    text: String,
    /// For every cell, row by row, where its text ends. It begins where the one before ends.
    ends: Vec<u32>,
    /// The line that each row starts on.
    lines: Vec<u32>,
}

impl Cells {
    /// No rows yet, of so many cells each.
    pub(crate) fn new(columns: usize) -> Cells {
        Cells { columns, ..Cells::default() }
    }

    /// Adds a row of `columns` cells, which are UTF-8.
    pub(crate) fn push(&mut self, line: u64, record: &ByteRecord) {
        for cell in record {
            self.text.push_str(&String::from_utf8_lossy(cell));
            self.ends.push(self.text.len() as u32);
        }
        self.lines.push(line as u32);
    }

    /// The same rows in another order, by their numbers.
    pub(crate) fn in_order(&self, order: &[usize]) -> Cells {
        let mut cells = Cells::new(self.columns);
        for &row in order {
            for column in 0..self.columns {
                cells.text.push_str(self.get(row, column).unwrap_or_default());
                cells.ends.push(cells.text.len() as u32);
            }
            cells.lines.extend(self.lines.get(row));
        }
        cells
    }

    /// Memory that the cells take.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.text.capacity() + 4 * (self.ends.capacity() + self.lines.capacity())
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The line that a row starts on.
    pub(crate) fn line(&self, row: usize) -> Option<u64> {
        self.lines.get(row).map(|line| u64::from(*line))
    }

    /// The text of one cell.
    pub(crate) fn get(&self, row: usize, column: usize) -> Option<&str> {
        if column >= self.columns || row >= self.lines.len() {
            return None;
        }
        let cell = row * self.columns + column;
        let end = *self.ends.get(cell)? as usize;
        let start = cell.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.text.get(start..end)
    }

    /// The cells of a row from left to right; none when there is no such row.
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.columns).map_while(move |column| self.get(row, column))
    }
}
