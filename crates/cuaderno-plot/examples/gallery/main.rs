//! Writes every kind of figure to a folder, as SVG and as PNG:
//! `cargo run -p cuaderno-plot --example gallery -- FOLDER`

#![allow(clippy::disallowed_methods)] // made up numbers

mod figures;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".into()));
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in figures::figures()? {
        println!("{name}\n{}\n", figure.describe());
        std::fs::write(folder.join(format!("{name}.svg")), figure.svg())?;
        std::fs::write(folder.join(format!("{name}.png")), figure.png()?)?;
    }
    Ok(())
}
