use cuaderno_images::{CifarLabels, ImageSet, ImagesError, Loader, Scaling, open_image};
use cuaderno_nn::Examples;
use cuaderno_plot::Figure;
use std::fs;
use std::path::{Path, PathBuf};

pub fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(path)
}

/// Ids and classes of the train posts: the sixth column, and the third from the end; no field before the title is quoted.
fn ids_and_classes() -> Vec<(String, String)> {
    let table = fs::read_to_string(data("reddit/multimodal_train.tsv")).unwrap();
    let ids = table.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let id = fields.get(5).filter(|id| id.starts_with('s') && fields[4] == "True")?;
        let subreddit = fields.get(10)?;
        let is_other =
            ["mildly_curious", "street_sights", "photo_duels", "plain_news", "odd_but_true"].contains(subreddit);
        Some(((*id).to_owned(), if is_other { "Other" } else { "Disinformation" }.to_owned()))
    });
    ids.collect()
}

#[test]
fn a_folder_gives_a_class_for_each_sub_folder() {
    let cells = ImageSet::from_folder(data("blood-cells/TRAIN"), [30, 40]).unwrap();
    assert_eq!(cells.class_names(), ["EOSINOPHIL", "LYMPHOCYTE", "MONOCYTE", "NEUTROPHIL"]);
    assert!(cells.class_counts().iter().all(|(_, count)| *count == 26));
    let chart = cells.class_chart().unwrap().describe();
    let lines = |name: &String| chart.lines().any(|line| line.split_whitespace().take(2).eq([name.as_str(), "26"]));
    assert!(cells.class_names().iter().all(lines), "{chart}");
    assert_eq!(cells.image_shape(), [3, 30, 40]);
    assert_eq!(cells.name(0).unwrap(), "EOSINOPHIL/_0_100.jpeg");
    let mut out = vec![-1.0; 30 * 40 * 3];
    cells.write_image(3, 0, &mut out);
    assert!(out.iter().all(|value| (0.0..=1.0).contains(value)));
}

#[test]
fn the_order_of_classes_can_be_given() {
    let cells = Loader::new([8, 8]).classes(&["NEUTROPHIL", "MONOCYTE"]).folder(data("blood-cells/TEST")).unwrap();
    assert_eq!(cells.class_names(), ["NEUTROPHIL", "MONOCYTE"]);
    assert_eq!(cells.labels(), [[0; 8], [1; 8]].concat());
    assert!(cells.name(0).unwrap().starts_with("NEUTROPHIL/"));
}

#[test]
fn ids_without_a_readable_picture_are_counted_and_named() {
    let ids = ids_and_classes();
    assert_eq!(ids.len(), 720);
    let images = ImageSet::from_ids(data("reddit/images"), &ids, [64, 64]).unwrap();
    assert_eq!(images.class_names(), ["Disinformation", "Other"]);
    assert_eq!((images.len(), images.missing().len(), images.unreadable().len()), (717, 2, 1));
    assert_eq!(
        images.unreadable()[0].1.to_string(),
        "not a picture (expected JPEG, PNG, GIF, BMP, TIFF or WebP, going by content)"
    );
    assert_eq!(images.name(0).unwrap(), ids[0].0);
}

#[test]
fn an_archive_is_read_without_unpacking() {
    let train = ImageSet::from_archive(data("cifar10.tar.gz"), "cifar10/train", [32, 32]).unwrap();
    let test = ImageSet::from_archive(data("cifar10.tar.gz"), "cifar10/test", [32, 32]).unwrap();
    assert_eq!((train.len(), test.len(), train.class_names().len()), (200, 50, 10));
    assert_eq!(train.name(0).unwrap(), "airplane/0000.jpg");
    let error = ImageSet::from_archive(data("cifar10.tar.gz"), "cifar11", [32, 32]).unwrap_err();
    assert!(error.to_string().contains("no picture below \"cifar11\""), "{error}");
}

#[test]
fn binary_records_hold_planar_pixels() {
    let (train, test) = ImageSet::cifar100(data("cifar100-25"), CifarLabels::Fine).unwrap();
    assert_eq!((train.len(), test.len(), train.class_names().len()), (250, 50, 25));
    assert_eq!(&train.class_names()[..2], ["apple", "aquarium_fish"]);
    let record = &fs::read(data("cifar100-25/train.bin")).unwrap()[3 * 3074..][..3074];
    assert_eq!(train.labels()[3], usize::from(record[1]));
    let mut out = vec![0.0; 3072];
    train.scaled(Scaling::Bytes).write_image(3, 0, &mut out);
    assert_eq!(out[3 * 77 + 1], f32::from(record[2 + 1024 + 77]));
    let (coarse, _) = ImageSet::cifar100(data("cifar100-25"), CifarLabels::Coarse).unwrap();
    assert_eq!(coarse.class_names().len(), 13);
    assert_eq!(coarse.class_names()[0], "class 0");
}

#[test]
fn normalization_gives_mean_zero_and_deviation_one() {
    let (train, _) = ImageSet::cifar100(data("cifar100-25"), CifarLabels::Fine).unwrap();
    for scaling in [Scaling::Unit, Scaling::Bytes, Scaling::Caffe, Scaling::Torch] {
        let train = train.scaled(scaling);
        let normalized = train.normalized(&train.normalization().unwrap());
        let (mut sums, mut squares) = ([0.0; 3], [0.0; 3]);
        let mut out = vec![0.0; 3072];
        for index in 0..train.len() {
            normalized.write_image(index, 0, &mut out);
            for (place, value) in out.iter().enumerate() {
                sums[place % 3] += f64::from(*value);
                squares[place % 3] += f64::from(value * value);
            }
        }
        let count = 1024.0 * train.len() as f64;
        assert!(sums.iter().all(|sum| (sum / count).abs() < 1e-3), "{scaling:?} {sums:?}");
        assert!(squares.iter().all(|square| (square / count - 1.0).abs() < 1e-3), "{scaling:?} {squares:?}");
    }
}

#[test]
fn pictures_beyond_the_budget_are_decoded_when_needed() {
    let all = ImageSet::from_folder(data("sports/train"), [64, 64]).unwrap();
    for megabytes in [0, 1] {
        let few = Loader::new([64, 64]).memory_mb(megabytes).folder(data("sports/train")).unwrap();
        let (mut left, mut right) = (vec![0.0; 64 * 64 * 3], vec![0.0; 64 * 64 * 3]);
        for index in 0..all.len() {
            all.write_image(index, 0, &mut left);
            few.write_image(index, 0, &mut right);
            assert!(left == right);
        }
    }
}

#[test]
fn a_single_picture_opens_and_resizes() {
    let picture = open_image(data("sports/test/archery/001.jpg")).unwrap();
    assert_eq!(picture.size(), [224, 224]);
    assert_eq!(picture.resize([150, 100]).unwrap().size(), [150, 100]);
    assert!(matches!(picture.resize([0, 5]), Err(ImagesError::EmptySize { .. })));
}

#[test]
fn mistakes_are_told_in_one_line() {
    let errors = [
        ImageSet::from_folder("nowhere", [8, 8]).unwrap_err(),
        ImageSet::from_folder(data("reddit/images"), [8, 8]).unwrap_err(),
        ImageSet::from_folder(data("sports/train"), [0, 8]).unwrap_err(),
        ImageSet::from_ids(data("reddit/images"), &[("nobody", "A")], [8, 8]).unwrap_err(),
        Loader::new([8, 8]).classes(&["cat", "dgo"]).archive(data("cifar10.tar.gz"), "cifar10/train").unwrap_err(),
        Loader::new([8, 8]).classes(&["A"]).ids(data("reddit/images"), &[("nobody", "B")]).unwrap_err(),
        ImageSet::cifar100(data("sports"), CifarLabels::Fine).unwrap_err(),
        ImageSet::from_arrays(&[0; 5], &[0], [2, 2, 1], &["a"]).unwrap_err(),
        ImageSet::from_arrays(&[0; 4], &[1], [2, 2, 1], &["a"]).unwrap_err(),
    ];
    for error in errors {
        let line = error.to_string();
        assert!(!line.contains('\n') && line.len() > 20, "{line}");
    }
}
