//! Sets that are known by name, where `cuaderno fetch` has put them.

use crate::{CifarLabels, ImageSet, ImagesError};
use std::path::{Path, PathBuf};

/// Which of the two parts that a set's publisher has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// To learn from.
    Train,
    /// To be touched once, at the end.
    Test,
}

/// A file or folder that `cuaderno fetch` has brought, by its path below the cache: `fetched("cifar10")`,
/// `fetched("hf/OWNER--REPOSITORY/main/model.safetensors")`. Nothing is fetched here.
///
/// # Errors
/// [`ImagesError::NotFetched`], which says how to bring it.
pub fn fetched(path: impl AsRef<Path>) -> Result<PathBuf, ImagesError> {
    Ok(cuaderno_display::data::fetched(path)?)
}

/// MNIST: 60,000 handwritten digits to learn from, 10,000 to test, 28 x 28, gray.
///
/// # Errors
/// [`ImagesError::NotFetched`]; what [`ImageSet::from_idx`] says of a damaged file.
pub fn mnist(part: Split) -> Result<ImageSet, ImagesError> {
    idx("mnist", part, &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
}

/// Fashion-MNIST: 60,000 pieces of clothing to learn from, 10,000 to test, 28 x 28, gray.
///
/// # Errors
/// As [`mnist`].
pub fn fashion_mnist(part: Split) -> Result<ImageSet, ImagesError> {
    let classes =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
    idx("fashion-mnist", part, &classes)
}

/// CIFAR-10: 50,000 photos to learn from, 10,000 to test, 32 x 32.
///
/// # Errors
/// [`ImagesError::NotFetched`]; what [`ImageSet::cifar10`] says of a damaged file.
pub fn cifar10(part: Split) -> Result<ImageSet, ImagesError> {
    chosen(part, ImageSet::cifar10(fetched("cifar10/cifar-10-binary.tar.gz")?)?)
}

/// CIFAR-100: 50,000 photos to learn from, 10,000 to test, 32 x 32, in 100 classes; [`only_classes`](ImageSet::only_classes) chooses
/// some, [`ImageSet::cifar100`] has the 20 groups.
///
/// # Errors
/// As [`cifar10`].
pub fn cifar100(part: Split) -> Result<ImageSet, ImagesError> {
    chosen(part, ImageSet::cifar100(fetched("cifar100/cifar-100-binary.tar.gz")?, CifarLabels::Fine)?)
}

fn chosen(part: Split, (train, test): (ImageSet, ImageSet)) -> Result<ImageSet, ImagesError> {
    Ok(match part {
        Split::Train => train,
        Split::Test => test,
    })
}

fn idx(name: &str, part: Split, classes: &[&str]) -> Result<ImageSet, ImagesError> {
    let part = match part {
        Split::Train => "train",
        Split::Test => "t10k",
    };
    let file = |kind: &str| fetched(Path::new(name).join(format!("{part}-{kind}-ubyte.gz")));
    ImageSet::from_idx(file("images-idx3")?, file("labels-idx1")?, classes)
}
