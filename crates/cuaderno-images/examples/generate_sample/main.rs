//! Writes the project's synthetic sample: `cargo run -p cuaderno-images --example generate_sample [FOLDER]`.
//!
//! The same bytes every time, on every machine; a test compares them with what is kept in `data/`.

mod sample;

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| default.to_owned()));
    for (set, digest) in sample::generate(&folder)? {
        println!("{digest}  {set}");
    }
    Ok(())
}
