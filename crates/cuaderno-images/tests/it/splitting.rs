use cuaderno_images::{ImageSet, ImagesError};
use std::collections::BTreeSet;

/// Pictures of one pixel, whose names are their numbers.
fn numbered(counts: &[usize]) -> ImageSet {
    let labels: Vec<usize> = counts.iter().enumerate().flat_map(|(label, &count)| vec![label; count]).collect();
    let names: Vec<String> = (0..counts.len()).map(|class| format!("class {class}")).collect();
    ImageSet::from_arrays(&vec![0; labels.len()], &labels, [1, 1, 1], &names).unwrap()
}

fn names(images: &ImageSet) -> BTreeSet<String> {
    (0..images.len()).map(|index| images.name(index).unwrap().to_owned()).collect()
}

#[test]
fn parts_share_nothing_and_leave_nothing_out() {
    for counts in [&[1][..], &[2, 3], &[59, 41], &[1, 1, 1, 1, 1, 1, 1], &[100, 0, 7], &[333, 333, 334]] {
        let images = numbered(counts);
        for seed in 0..20 {
            let (train, validation, test) = images.split([0.7, 0.15, 0.15], seed).unwrap();
            let mut all = names(&train);
            all.extend(names(&validation));
            all.extend(names(&test));
            assert_eq!(train.len() + validation.len() + test.len(), images.len());
            assert_eq!(all, names(&images));
        }
    }
}

#[test]
fn copies_of_a_picture_come_into_the_same_part() {
    let repeated: Vec<usize> = (0..60).chain((40..60).flat_map(|index| [index; 3])).collect();
    let images = numbered(&[40, 20]).subset(&repeated).unwrap();
    for seed in 0..20 {
        let (train, test) = images.split([0.75, 0.25], seed).unwrap();
        assert_eq!(train.len() + test.len(), 120);
        assert!((27..34).contains(&test.len()), "{}", test.len());
        assert!(names(&train).is_disjoint(&names(&test)));
    }
}

#[test]
fn parts_have_the_proportions_of_the_whole() {
    let (train, test) = numbered(&[590, 410]).split([0.8, 0.2], 3).unwrap();
    assert_eq!(train.class_counts()[0].1, 472);
    assert_eq!(test.class_counts()[1].1, 82);
}

#[test]
fn a_seed_decides_the_split() {
    let images = numbered(&[50, 50]);
    let (first, _) = images.split([0.5, 0.5], 1).unwrap();
    let (same, _) = images.split([0.5, 0.5], 1).unwrap();
    let (other, _) = images.split([0.5, 0.5], 2).unwrap();
    assert_eq!(names(&first), names(&same));
    assert_ne!(names(&first), names(&other));
}

#[test]
fn fractions_may_leave_something_out_but_not_exceed_the_whole() {
    let images = numbered(&[60, 40]);
    let (train, test) = images.split([0.5, 0.1], 1).unwrap();
    assert_eq!((train.len(), test.len()), (50, 10));
    for fractions in [[0.8, 0.3], [0.0, 0.5], [-0.1, 0.5], [f64::NAN, 0.5]] {
        assert!(matches!(images.split(fractions, 1), Err(ImagesError::Fractions { .. })));
    }
}

#[test]
fn subsets_and_draws() {
    let images = numbered(&[5, 5]);
    let subset = images.subset(&[9, 0, 0]).unwrap();
    assert_eq!(subset.labels(), [1, 0, 0]);
    assert!(matches!(images.subset(&[10]), Err(ImagesError::Index { asked: 10, available: 10 })));
    assert_eq!(images.take(4, 1).len(), 4);
    assert_eq!(images.take(40, 1).len(), 10);
}
