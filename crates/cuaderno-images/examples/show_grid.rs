//! Writes figures of a folder of pictures: `cargo run -p cuaderno-images --example show_grid FOLDER SAMPLE.png AUGMENTED.png`.

use cuaderno_images::{Augmentation, ImageSet};
use cuaderno_plot::Figure;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, sample, augmented] = &arguments[..] else {
        return Err("expected FOLDER SAMPLE.png AUGMENTED.png".into());
    };
    let images = ImageSet::from_folder(folder, [150, 150])?;
    images.sample(6, 1).title(format!("Six of each class in {folder}")).save(sample)?;
    let settings =
        Augmentation::new().rotation(10.0).width_shift(0.3).height_shift(0.3).shear(0.3).zoom(0.2).horizontal_flip();
    images.augmented(&settings, 1)?.preview(0, 17)?.title("One picture in 17 epochs").save(augmented)?;
    Ok(())
}
