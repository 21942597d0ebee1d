//! The synthetic sample: posts, comments and pictures that nobody wrote and nobody took.

mod cells;
mod cifar;
mod comments;
mod draw;
mod files;
mod pictures;
mod posts;
mod random;
mod sports;
mod words;

use files::Files;
use std::io;
use std::path::Path;

/// The data sets: folders, and one archive.
pub const SETS: [&str; 5] = ["reddit", "blood-cells", "cifar100-25", "cifar10.tar.gz", "sports"];

/// Writes every set and the README below `folder`; returns each set's name and digest.
pub fn generate(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files = Files::new(folder)?;
    let train = posts::write(&mut files, "reddit/multimodal_train.tsv", 720, 1)?;
    let validate = posts::write(&mut files, "reddit/multimodal_validate.tsv", 360, 2)?;
    comments::write(&mut files, "reddit/all_comments.tsv", &train, &validate, 2500, 3)?;
    pictures::write(&mut files, "reddit/images", &train, 4)?;
    cells::write(&mut files, "blood-cells", 5)?;
    cifar::write_cifar100(&mut files, "cifar100-25", 6)?;
    cifar::write_cifar10(&mut files, "cifar10.tar.gz", 7)?;
    sports::write(&mut files, "sports", 8)?;
    files.finish(include_str!("README.template.md"))
}
