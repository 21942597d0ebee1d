//! The crate from outside.

#![allow(clippy::disallowed_methods)] // the C library as a judge, and for made up numbers

mod comments; // large files, which polars reads, and what it must not see
mod expected; // files give the numbers that pandas, scipy and regex give
mod figures; // tables that figures could stumble over
mod malformed; // files that are cut, mixed up, badly encoded or nearly empty
mod mistakes; // what students write, and what they are told
mod properties; // what must hold for any table
mod random_tables; // a writer that knows what it wrote
mod tables; // tables of any columns, beside pandas
mod titanic; // a whole analysis, one line a step

use std::path::PathBuf;

/// The project's synthetic sample.
fn sample() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/reddit")
}
