use crate::reading::data;
use cuaderno_display::Rich;
use cuaderno_images::{Augmentation, Fill, ImageGrid, ImageSet, ImagesError};
use cuaderno_nn::Examples;
use proptest::prelude::*;

fn cells() -> ImageSet {
    ImageSet::from_folder(data("blood-cells/TEST"), [30, 40]).unwrap()
}

fn seen(images: &ImageSet, index: usize, epoch: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; images.image_shape().iter().product()];
    images.write_image(index, epoch, &mut out);
    out
}

#[test]
fn pictures_depend_on_seed_index_and_epoch_only() {
    let settings = Augmentation::new().rotation(20.0).zoom(0.2).horizontal_flip();
    let augmented = cells().augmented(&settings, 5).unwrap();
    let again = cells().augmented(&settings, 5).unwrap();
    let other = cells().augmented(&settings, 6).unwrap();
    let _ = seen(&again, 9, 9);
    assert!(seen(&augmented, 3, 1) == seen(&again, 3, 1));
    assert!(seen(&augmented, 3, 1) != seen(&augmented, 3, 2));
    assert!(seen(&augmented, 3, 1) != seen(&other, 3, 1));
}

#[test]
fn nothing_on_changes_nothing() {
    let cells = cells();
    let augmented = cells.augmented(&Augmentation::new(), 1).unwrap();
    for (left, right) in seen(&cells, 4, 0).iter().zip(seen(&augmented, 4, 7)) {
        assert!((left - right).abs() < 1e-6);
    }
}

#[test]
fn samples_are_normalized_one_by_one() {
    let settings = Augmentation::new().samplewise_center().samplewise_std_normalization();
    let values = seen(&cells().augmented(&settings, 1).unwrap(), 0, 0);
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
    assert!(mean.abs() < 1e-4 && (variance - 1.0).abs() < 1e-3, "{mean} {variance}");
}

#[test]
fn what_is_held_back_is_normalized_like_what_is_learnt() {
    let settings = Augmentation::new().rotation(30.0).samplewise_center().samplewise_std_normalization();
    let cells = cells();
    let unturned = cells.augmented(&Augmentation::new().samplewise_center().samplewise_std_normalization(), 1).unwrap();
    let mut plain = vec![0.0; 30 * 40 * 3];
    cells.augmented(&settings, 1).unwrap().write_plain(0, &mut plain);
    assert_eq!(plain, seen(&unturned, 0, 0));
}

#[test]
fn settings_can_be_read() {
    let settings = Augmentation::new().rotation(10.0).zoom(0.2).horizontal_flip();
    assert_eq!(settings.to_string(), "rotation 10°, zoom 0.8 to 1.2, horizontal flip");
    assert_eq!(Augmentation::new().to_string(), "nothing");
    let text = cells().augmented(&settings, 3).unwrap().mime_bundle();
    assert!(text.plain().starts_with("32 pictures of 30x40 in 4 classes, 0 MB in memory; augmented: rotation 10°"));
}

#[test]
fn wrong_settings_are_named() {
    let wrong = [
        Augmentation::new().rotation(-1.0),
        Augmentation::new().zoom(1.0),
        Augmentation::new().zoom_between(1.2, 0.8),
        Augmentation::new().brightness(-0.1, 1.0),
        Augmentation::new().fill(Fill::Constant(300.0)),
        Augmentation::new().width_shift(f64::NAN),
    ];
    for settings in wrong {
        assert!(matches!(cells().augmented(&settings, 1), Err(ImagesError::Setting { .. })), "{settings:?}");
    }
}

#[test]
fn previews_are_figures() {
    let augmented = cells().augmented(&Augmentation::new().rotation(30.0).samplewise_center(), 1).unwrap();
    let pictures = |figure: ImageGrid| figure.mime_bundle().get("image/svg+xml").unwrap().matches("<image").count();
    assert_eq!(pictures(augmented.preview(2, 16).unwrap()), 17);
    let (flip, zoom) = (Augmentation::new().horizontal_flip(), Augmentation::new().zoom(0.2));
    assert_eq!(pictures(cells().compare_augmentations(2, &[("flip", flip), ("zoom", zoom)], 1).unwrap()), 12);
    assert_eq!(pictures(cells().sample(3, 1)), 12);
    assert_eq!(pictures(cells().show(&[(0, "a"), (9, "b")]).unwrap()), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn values_stay_between_those_of_the_picture(
        (height, width, channels) in (1usize..9, 1usize..9, 1usize..7),
        (rotation, shift, shear, zoom) in (0.0..180.0, 0.0..3.0, 0.0..60.0, 0.0..0.9),
        fill in prop_oneof![Just(Fill::Nearest), Just(Fill::Reflect), Just(Fill::Wrap), Just(Fill::Constant(100.0))],
        seed in any::<u64>(),
    ) {
        let bytes: Vec<u8> = (0..height * width * channels).map(|at| 50 + (at * 37 % 101) as u8).collect();
        let images = ImageSet::from_arrays(&bytes, &[0], [height, width, channels], &["a"]).unwrap();
        let settings = Augmentation::new().rotation(rotation).width_shift(shift).height_shift(shift).shear(shear).zoom(zoom)
            .horizontal_flip().vertical_flip().fill(fill);
        let values = seen(&images.augmented(&settings, seed).unwrap(), 0, 0);
        prop_assert!(values.iter().all(|value| (50.0 / 255.0 - 1e-4..=150.0 / 255.0 + 1e-4).contains(value)));
    }
}

#[test]
fn a_picture_held_back_for_validation_is_not_augmented() {
    let augmented = cells().augmented(&Augmentation::new().rotation(90.0).brightness(0.1, 0.5), 1).unwrap();
    let mut plain = vec![0.0; augmented.image_shape().iter().product()];
    augmented.write_plain(3, &mut plain);
    assert_eq!(plain, seen(&cells(), 3, 0));
    assert_ne!(plain, seen(&augmented, 3, 0));
}
