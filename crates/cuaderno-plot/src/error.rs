//! What can go wrong when a figure is made or saved.

use std::path::PathBuf;

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// Two inputs that belong together differ in length.
    #[error("{what}: {found} values, expected {expected}, one for each of the {other}")]
    Lengths {
        /// The input at fault.
        what: String,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
        /// What it is compared with.
        other: String,
    },
    /// A setting outside what makes sense.
    #[error("{what} is {found}; it must be {expected}")]
    Setting {
        /// The setting.
        what: &'static str,
        /// What it was set to.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// The file name tells no format that can be written.
    #[error("{path}: cannot tell the format; end the name in .svg, .png or .pdf", path = path.display())]
    Extension {
        /// The name given.
        path: PathBuf,
    },
    /// The file could not be written.
    #[error("{path}: {source}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The table behind a figure could not be read as asked.
    #[error(transparent)]
    Table(Box<dyn std::error::Error + Send + Sync>),
    /// The picture could not be drawn as pixels.
    #[error("the figure could not be drawn as PNG or PDF: {reason}")]
    Raster {
        /// What the rasteriser said.
        reason: String,
    },
}

impl PlotError {
    /// Checks that an input has as many values as another.
    pub(crate) fn check_lengths(what: &str, found: usize, other: &str, expected: usize) -> Result<(), Self> {
        if found == expected {
            return Ok(());
        }
        Err(Self::Lengths { what: what.into(), found, expected, other: other.into() })
    }
}
