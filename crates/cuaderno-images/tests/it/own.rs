//! A trained model is asked about pictures of one's own.

use cuaderno_images::{Augmentation, Classify, ImageSet, ImagesError, Interpolation, Loader, Scaling, open_image};
use cuaderno_nn::{Fit, Network, Shape, Stack};
use std::fs;
use std::path::Path;

/// Pictures of two classes, none of them of the size that is learnt.
fn photos(folder: &Path) {
    for (class, base) in [("dark", 20u8), ("light", 180)] {
        fs::create_dir_all(folder.join(class)).unwrap();
        for number in 0..4u8 {
            let picture = image::RgbImage::from_fn(23 + u32::from(number), 17, |x, y| {
                image::Rgb([base + number * 3, base + (x * 2) as u8, base + (y * 3) as u8])
            });
            picture.save(folder.join(format!("{class}/{number}.png"))).unwrap();
        }
    }
}

fn network() -> Network {
    Network::new(&Stack::strict("Own", Shape::image([3, 8, 8])).conv2d(4, 3).relu().flatten().dense(2).softmax(), 7)
}

fn trained(set: &ImageSet) -> Network {
    let mut network = network();
    network.fit(set, &Fit::new().epochs(1).seed(7).quiet()).unwrap();
    network
}

#[test]
fn a_file_is_prepared_as_the_training_pictures_were() {
    let folder = tempfile::tempdir().unwrap();
    photos(folder.path());
    let path = folder.path().join("light/2.png");
    for interpolation in [Interpolation::Bilinear, Interpolation::Antialiased, Interpolation::Nearest] {
        let plain = Loader::new([8, 8]).interpolation(interpolation).folder(folder.path()).unwrap();
        let mut sets = vec![plain.clone()];
        for scaling in [Scaling::Bytes, Scaling::Symmetric, Scaling::Caffe, Scaling::Torch] {
            sets.push(plain.scaled(scaling));
        }
        sets.push(plain.normalized(&plain.normalization().unwrap()));
        sets.push(plain.augmented(&Augmentation::new().samplewise_center(), 1).unwrap());
        sets.push(plain.augmented(&Augmentation::new().samplewise_std_normalization(), 1).unwrap());
        for set in sets {
            let network = trained(&set);
            let expected = network.predict(&set.subset(&[6]).unwrap()).unwrap();
            let asked = network.classify(&path).unwrap();
            assert_eq!(asked, expected, "{:?}", network.preparation());
            let photo = open_image(&path).unwrap();
            assert_eq!(network.classify(&photo).unwrap(), expected);
            // A file of weights knows it, too.
            let weights = folder.path().join("own.safetensors");
            network.save(&weights).unwrap();
            let mut loaded = self::network();
            loaded.load(&weights).unwrap();
            fs::remove_file(&weights).unwrap();
            assert_eq!(loaded.classify(&path).unwrap(), expected);
        }
    }
}

#[test]
fn a_folder_without_classes_is_predicted_by_name() {
    let folder = tempfile::tempdir().unwrap();
    photos(folder.path());
    let set = ImageSet::from_folder(folder.path(), [8, 8]).unwrap();
    let network = trained(&set);
    let own = ImageSet::unlabelled(folder.path(), [8, 8]).unwrap();
    assert_eq!((own.len(), own.class_names().len(), own.name(7).unwrap()), (8, 0, "light/3.png"));
    let (found, expected) = (network.predict(&own).unwrap(), network.predict(&set).unwrap());
    assert_eq!(found, expected);
    assert_eq!(found.class_names, ["dark", "light"]);
    // What needs classes says so, and the rest goes on.
    let refused = self::network().fit(&own, &Fit::new().quiet()).unwrap_err().to_string();
    assert!(refused.contains("the training examples have no classes"), "{refused}");
    let refused = network.evaluate(&own).unwrap_err().to_string();
    assert!(refused.contains("have no classes"), "{refused}");
    assert!(own.class_counts().is_empty());
    let refused = own.class_chart().unwrap_err().to_string();
    assert!(refused.contains("pictures without classes cannot be counted by class"), "{refused}");
    let (one, other) = own.split([0.5, 0.5], 1).unwrap();
    assert_eq!((one.len(), other.len()), (4, 4));
    own.sample(3, 1);
}

#[test]
fn a_network_that_was_not_trained_numbers_its_classes() {
    let folder = tempfile::tempdir().unwrap();
    photos(folder.path());
    let said = network().classify(folder.path().join("dark/0.png")).unwrap();
    assert_eq!(said.class_names, ["class 0", "class 1"]);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    let unreadable = network().classify(folder.path().join("notes.txt")).unwrap_err();
    assert!(matches!(unreadable, ImagesError::Picture { .. }), "{unreadable}");
    let rows = Network::new(&Stack::strict("Rows", Shape::Features(5)).dense(2).softmax(), 7);
    let refused = rows.classify(folder.path().join("notes.txt")).unwrap_err().to_string();
    assert!(refused.contains("Rows takes [5], no pictures"), "{refused}");
    assert!(ImageSet::unlabelled(folder.path(), [8, 8]).is_err());
}

#[test]
fn a_gray_model_sees_gray() {
    let pictures = ImageSet::from_arrays(&[0; 128], &[0, 1], [8, 8, 1], &["a", "b"]).unwrap();
    let mut network = Network::new(&Stack::strict("Gray", Shape::image([1, 8, 8])).flatten().dense(2).softmax(), 7);
    network.fit(&pictures, &Fit::new().epochs(1).quiet()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gray.png");
    image::GrayImage::from_fn(8, 8, |x, y| image::Luma([(x * 30 + y) as u8])).save(&path).unwrap();
    let bytes: Vec<u8> = (0..64).map(|place| (place % 8 * 30 + place / 8) as u8).collect();
    let same = ImageSet::from_arrays(&bytes, &[0], [8, 8, 1], &["a", "b"]).unwrap();
    assert_eq!(network.classify(path).unwrap(), network.predict(&same).unwrap());
}

#[test]
fn some_classes_of_a_set() {
    let bytes: Vec<u8> = (0..6).collect();
    let set = ImageSet::from_arrays(&bytes, &[0, 1, 2, 0, 1, 2], [1, 1, 1], &["apple", "bear", "cup"]).unwrap();
    let some = set.only_classes(&["cup", "apple"]).unwrap();
    assert_eq!(some.labels(), [1, 0, 1, 0]);
    assert_eq!(some.class_counts(), [("cup".to_owned(), 2), ("apple".to_owned(), 2)]);
    assert_eq!((0..4).map(|index| some.name(index).unwrap()).collect::<Vec<_>>(), ["0", "2", "3", "5"]);
    // Again, and in parts.
    let cups = some.subset(&[1, 2, 3]).unwrap().only_classes(&["cup"]).unwrap();
    assert_eq!((cups.labels(), cups.name(1).unwrap()), (vec![0, 0], "5"));
    let refused = set.only_classes(&["aple"]).unwrap_err().to_string();
    assert_eq!(refused, "there is no class aple; there are apple, bear, cup; did you mean apple?");
    assert!(set.only_classes(&["cup", "cup"]).is_err());
    assert!(set.only_classes(&[""; 0]).is_err());
}
