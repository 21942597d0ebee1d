//! Which tiles of pixels are computed, and which input tiles belong to them.

use super::{SIDE, Winograd};
use std::ops::Range;

/// A tile of pixels, of which some may lie outside.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// Where its first pixel lies, or would lie: it may be before the start, hence added with wrapping.
    pub at: usize,
    /// Its rows and columns that are there.
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

impl Tile {
    pub fn contains(&self, row: usize, column: usize) -> bool {
        self.rows.contains(&row) && self.columns.contains(&column)
    }

    /// Whether all of its `side` × `side` pixels are there.
    pub fn is_whole(&self, side: usize) -> bool {
        self.rows == (0..side) && self.columns == (0..side)
    }
}

/// How pixels lie in memory.
#[derive(Clone, Copy, Debug)]
pub(in crate::conv) struct Plane {
    pub row_len: usize,
    /// Distance from one pixel to the next; its channels come first in it.
    pub pixel_step: usize,
    pub channels: usize,
}

impl Plane {
    /// Rows of so many pixels, one behind the other.
    pub fn of(width: usize, channels: usize) -> Self {
        Self { row_len: width * channels, pixel_step: channels, channels }
    }

    #[inline(always)]
    pub(super) fn at(&self, tile: &Tile, row: usize, column: usize) -> usize {
        tile.at.wrapping_add(row * self.row_len + column * self.pixel_step)
    }
}

/// Tiles of pixels, each with the tile of inputs that belongs to it.
pub(in crate::conv) struct Tiles {
    pub(super) input_tiles: Vec<Tile>,
    pub(super) input_plane: Plane,
    pub(super) output_tiles: Vec<Tile>,
    pub(super) output_plane: Plane,
}

/// A picture, or some rows of one, in memory.
#[derive(Clone, Debug)]
pub(in crate::conv) struct Picture {
    /// Where its row 0 and column 0 lie, or would lie: it may be before the start, hence added with wrapping.
    pub origin: usize,
    /// The rows and columns that are there.
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

impl Picture {
    /// Picture `index` of several of this size.
    pub fn whole(index: usize, [height, width]: [usize; 2], plane: Plane) -> Self {
        Self { origin: index * height * plane.row_len, rows: 0..height, columns: 0..width }
    }

    /// Picture `index` of several of which only these rows are there.
    pub fn some_rows(index: usize, rows: Range<usize>, width: usize, plane: Plane) -> Self {
        let origin = (index * rows.len()).wrapping_sub(rows.start).wrapping_mul(plane.row_len);
        Self { origin, rows, columns: 0..width }
    }

    /// The tile of pixels from this row and column on, which may be before the picture.
    fn tile(&self, plane: Plane, side: usize, row: isize, column: isize) -> Tile {
        let inside = |there: &Range<usize>, first: isize| {
            let clamp = |at: usize| (at as isize - first).clamp(0, side as isize) as usize;
            clamp(there.start)..clamp(there.end)
        };
        let step = |count: isize, len: usize| (count as usize).wrapping_mul(len);
        let at = self.origin.wrapping_add(step(row, plane.row_len)).wrapping_add(step(column, plane.pixel_step));
        Tile { at, rows: inside(&self.rows, row), columns: inside(&self.columns, column) }
    }
}

impl Tiles {
    /// No tiles yet, between pictures that lie so in memory.
    pub fn new(input_plane: Plane, output_plane: Plane) -> Self {
        Self { input_tiles: Vec::new(), input_plane, output_tiles: Vec::new(), output_plane }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.input_tiles.len()
    }

    /// Adds the tiles of `target`, from row `first` on; the input tile of the one at row 0, column 0 begins at `shift`,
    /// `[down, right]`, in `source`.
    pub fn push(&mut self, winograd: &Winograd, source: &Picture, target: &Picture, first: usize, shift: [isize; 2]) {
        for row in (first..target.rows.end).step_by(SIDE) {
            for column in target.columns.clone().step_by(SIDE) {
                let [row, column] = [row as isize, column as isize];
                self.output_tiles.push(target.tile(self.output_plane, SIDE, row, column));
                self.input_tiles.push(source.tile(
                    self.input_plane,
                    winograd.points(),
                    row + shift[0],
                    column + shift[1],
                ));
            }
        }
    }
}
