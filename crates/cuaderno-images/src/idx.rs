//! MNIST's files: numbers of one byte in a box, with the box's sides before them.

use crate::archive::unpacked;
use crate::{ImageSet, ImagesError};
use cuaderno_display::full_path;
use cuaderno_nn::free_memory;
use std::io::{self, Read};
use std::path::Path;

/// Begins a file of unsigned bytes; the number of sides follows.
const BYTES: [u8; 3] = [0, 0, 8];

impl ImageSet {
    /// Gray pictures and their labels from two IDX files, as MNIST comes in (`train-images-idx3-ubyte`, `train-labels-idx1-ubyte`; also
    /// packed, `.gz`): <https://yann.lecun.com/exdb/mnist/>. Label 0 is the first of the class names.
    ///
    /// # Errors
    /// One line if a file is not there, is no such file or is cut off, if there are not as many labels as pictures, or a label has
    /// no class name.
    pub fn from_idx(
        images: impl AsRef<Path>,
        labels: impl AsRef<Path>,
        class_names: &[impl AsRef<str>],
    ) -> Result<Self, ImagesError> {
        let ([_, height, width], bytes) = read::<3>(&full_path(images))?;
        let (_, labels) = read::<1>(&full_path(labels))?;
        let labels: Vec<usize> = labels.into_iter().map(usize::from).collect();
        Self::from_arrays(&bytes, &labels, [height, width, 1], class_names)
    }
}

/// The sides of a file's box, and the bytes in it.
fn read<const SIDES: usize>(path: &Path) -> Result<([usize; SIDES], Vec<u8>), ImagesError> {
    let io = |source| ImagesError::Io { path: path.to_owned(), source };
    let problem = |problem: String| ImagesError::Records { path: path.to_owned(), problem };
    let mut content = unpacked(path).map_err(io)?;
    let mut next = |count: usize| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        content.by_ref().take(count as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let start = next(4).map_err(io)?;
    if start.get(..3) != Some(&BYTES) || start.get(3).map(|&sides| usize::from(sides)) != Some(SIDES) {
        return Err(problem(format!("no IDX file of bytes with {SIDES} sides")));
    }
    let mut sides = [0; SIDES];
    for side in &mut sides {
        let bytes = next(4).map_err(io)?;
        *side =
            bytes.try_into().map(u32::from_be_bytes).map_err(|_| problem("cut off in its head".to_owned()))? as usize;
    }
    let expected = sides.iter().try_fold(1usize, |product, side| product.checked_mul(*side));
    let expected = expected.filter(|count| *count <= free_memory() / 2);
    let expected = expected.ok_or_else(|| problem(format!("{sides:?} numbers do not fit into memory")))?;
    let bytes = next(expected).map_err(io)?;
    if bytes.len() != expected {
        return Err(problem(format!("cut off: {} of {expected} numbers are there", bytes.len())));
    }
    Ok((sides, bytes))
}
