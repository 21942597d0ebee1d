//! What can be wrong with a file that should be a picture.

/// Why a file is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing inside.
    #[error("the file is empty")]
    Empty,
    /// The first bytes are those of no picture format.
    #[error("not a picture (expected JPEG, PNG, GIF, BMP, TIFF or WebP, going by content)")]
    UnknownFormat,
    /// More than is reasonable, as bombs have it.
    #[error("{width}x{height} pixels are too many, at most {limit} million are decoded")]
    TooManyPixels {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Millions of pixels.
        limit: usize,
    },
    /// A file of a size that no picture has.
    #[error("{megabytes} MB are too many, at most {limit} MB are read")]
    TooManyBytes {
        /// Size of the file.
        megabytes: u64,
        /// What is read at most.
        limit: u64,
    },
    /// Begins like a picture, but does not go on like one.
    #[error("the picture is damaged ({0})")]
    Damaged(String),
    /// Not an ordinary file, or a link that leads out of the folder.
    #[error("{0}")]
    NotAFile(&'static str),
    /// The system would not give it.
    #[error("cannot be read ({0})")]
    Io(String),
}
