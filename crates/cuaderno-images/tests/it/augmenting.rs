use crate::reading::data;
use cuaderno_display::Rich;
use cuaderno_images::{Augmentation, Fill, ImageGrid, ImageSet, ImagesError, Scaling, open_image};
use cuaderno_nn::{Examples, Fit};
use cuaderno_plot::Figure;
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
fn settings_that_are_new_leave_the_draws_of_others() {
    let old = Augmentation::new().rotation(20.0).zoom(0.2).horizontal_flip();
    let (before, with_holes) =
        (cells().augmented(&old, 5).unwrap(), cells().augmented(&old.clone().cutout(8.0), 5).unwrap());
    let (before, with_holes) = (seen(&before, 3, 2), seen(&with_holes, 3, 2));
    let changed = before.iter().zip(&with_holes).filter(|(a, b)| a != b).count();
    assert!((1..=8 * 8 * 3).contains(&changed), "{changed}");
    assert!(before.iter().zip(&with_holes).all(|(a, b)| a == b || *b == 0.0));
}

#[test]
fn crops_are_whole_pixels_of_the_picture() {
    let crop = Augmentation::new().random_crop(3).fill(Fill::Constant(0.0));
    let cropped = cells().augmented(&crop, 5).unwrap();
    assert!(cropped.mime_bundle().plain().contains("augmented: random crop 3 pixels, seed 5"));
    let plain = seen(&cells(), 3, 0);
    let mut places = std::collections::HashSet::new();
    for epoch in 0..60 {
        let found = seen(&cropped, 3, epoch);
        let value = |down: i32, right: i32, y: i32, x: i32| {
            let is_inside = (0..30).contains(&(y + down)) && (0..40).contains(&(x + right));
            if is_inside { plain[((y + down) * 40 + x + right) as usize * 3] } else { 0.0 }
        };
        let is_place = |(down, right): &(i32, i32)| {
            (0..1200).all(|at| (found[at as usize * 3] - value(*down, *right, at / 40, at % 40)).abs() < 1e-6)
        };
        let place = (-3..=3).flat_map(|down| (-3..=3).map(move |right| (down, right))).find(is_place);
        places.insert(place.expect("a crop of the padded picture"));
    }
    assert!(places.len() > 20, "{places:?}");
}

#[test]
fn augmented_pictures_are_saved_as_they_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new").join("augmented");
    let visible = Augmentation::new().rotation(20.0).cutout(0.3);
    let settings = visible.clone().samplewise_center();
    let some = cells().subset(&[3, 9]).unwrap().augmented(&settings, 5).unwrap();
    assert_eq!(some.save_to(&out, "cell", 3).unwrap(), 6);
    let mut names: Vec<_> =
        out.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["cell_0_1.png", "cell_0_2.png", "cell_0_3.png", "cell_1_1.png", "cell_1_2.png", "cell_1_3.png"]);
    let seen = seen(&some.augmented(&visible, 5).unwrap().scaled(Scaling::Bytes), 1, 2);
    let saved = open_image(out.join("cell_1_3.png")).unwrap();
    assert!(saved.as_rgb().as_raw().iter().zip(&seen).all(|(byte, value)| f32::from(*byte) == value.round()));
    let message = |result: Result<usize, ImagesError>| result.unwrap_err().to_string();
    assert!(message(some.save_to(&out, "a/b", 1)).contains("the prefix is \"a/b\""));
    assert!(message(some.save_to(out.join("cell_0_1.png"), "", 1)).contains("cell_0_1.png: cannot be written"));
}

#[test]
fn a_first_batch_shows_what_is_mixed() {
    let labels = |figure: ImageGrid| figure.describe();
    let plain = labels(cells().first_batch(&Fit::new().seed(3), 4).unwrap());
    let mixed = labels(cells().first_batch(&Fit::new().seed(3).mixup(1.0), 4).unwrap());
    assert!(plain.contains("EOSINOPHIL") && !plain.contains("0."), "{plain}");
    assert!(mixed.contains("0.") && mixed != plain, "{mixed}");
    let wrong = cells().first_batch(&Fit::new().mixup(0.0), 4).unwrap_err().to_string();
    assert!(wrong.contains("mixup is 0") && wrong.contains("usually 0.2"), "{wrong}");
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
        Augmentation::new().cutout(-0.5),
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
