//! The gallery, byte for byte. After a wanted change: look at the pictures of
//! `cargo run -p cuaderno-plot --example gallery -- FOLDER`, then run the tests with `INSTA_UPDATE=always`.

use crate::figures;

#[test]
fn figures_look_as_before() {
    for (name, figure) in figures::figures().expect("the gallery's data are sound") {
        insta::assert_snapshot!(format!("{name}.txt"), figure.describe());
        // A picture inside a picture depends on the compressor, and tells a reader nothing.
        if !figure.svg().contains("<image") {
            insta::assert_snapshot!(format!("{name}.svg"), figure.svg());
        }
    }
}
