//! Writes a sample of a folder of pictures as SVG: `cargo run -p cuaderno-images --example show_grid FOLDER OUT.svg`.

use cuaderno_display::Rich;
use cuaderno_images::ImageSet;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, out] = &arguments[..] else { return Err("expected FOLDER OUT.svg".into()) };
    let images = ImageSet::from_folder(folder, [150, 150])?;
    let figure = images.sample(6, 1).title(format!("Six of each class in {folder}")).mime_bundle();
    std::fs::write(out, figure.get("image/svg+xml").unwrap_or_default())?;
    Ok(())
}
