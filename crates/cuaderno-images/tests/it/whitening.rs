use cuaderno_display::Rich;
use cuaderno_images::{Augmentation, Classify, ImageSet, ImagesError, Picture, Scaling};
use cuaderno_nn::{Examples, Fit, cnn};

cnn! { Net: [3, 4, 4] => [flatten, dense(2)] }

/// The pictures of `fixtures/whitening.py`.
fn pictures(count: usize) -> ImageSet {
    let mut state = 1u64;
    let mut number = || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        (state >> 16 & 255) as u32
    };
    let numbers: Vec<u32> = (0..count * 48 + 2).map(|_| number()).collect();
    let bytes: Vec<u8> = numbers.windows(3).map(|three| (three.iter().sum::<u32>() / 3) as u8).collect();
    let labels: Vec<usize> = (0..count).map(|index| index % 2).collect();
    ImageSet::from_arrays(&bytes, &labels, [4, 4, 3], &["a", "b"]).unwrap()
}

fn seen(images: &ImageSet, index: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; images.image_shape().iter().product()];
    images.write_image(index, 0, &mut out);
    out
}

#[test]
fn whitened_pictures_are_those_of_keras() {
    let lines: Vec<&str> = include_str!("../fixtures/whitening.txt").lines().collect();
    assert_eq!(lines.len(), 8);
    for case in lines.chunks_exact(2) {
        let [count, epsilon, scaling] = case[0].split(' ').collect::<Vec<_>>()[..] else { panic!("{}", case[0]) };
        let images = pictures(count.parse().unwrap());
        let images = if scaling == "bytes" { images.scaled(Scaling::Bytes) } else { images };
        let whitening = images.zca_whitening(epsilon.parse().unwrap()).unwrap();
        let whitened = images.whitened(&whitening).unwrap();
        let found = [seen(&whitened, 0), seen(&whitened, 1)].concat();
        let expected: Vec<f32> = case[1].split(' ').map(|value| value.parse().unwrap()).collect();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4 * (1.0 + expected.abs()), "{}: {found}, not {expected}", case[0]);
        }
    }
}

/// Also of pictures that are normalized first: the sums then have a factor of each channel.
#[test]
fn whitened_values_are_of_variance_1_and_independent() {
    let images = pictures(400);
    for images in [images.clone(), images.normalized(&images.normalization().unwrap())] {
        let whitened = images.whitened(&images.zca_whitening(1e-6).unwrap()).unwrap();
        let rows: Vec<Vec<f64>> =
            (0..400).map(|index| seen(&whitened, index).into_iter().map(f64::from).collect()).collect();
        for i in 0..48 {
            for j in 0..=i {
                let mean: f64 = rows.iter().map(|row| row[i] * row[j]).sum::<f64>() / 400.0;
                let expected = f64::from(u8::from(i == j));
                assert!((mean - expected).abs() < 1e-4, "{i}, {j}: {mean}");
            }
        }
    }
}

#[test]
fn the_same_bits_with_any_number_of_threads() {
    let images = pictures(300);
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| images.zca_whitening(1e-6).unwrap())
    };
    assert!(with_threads(1) == with_threads(3));
}

/// Of full rank, scaling all values by one factor changes nothing; Caffe's order of channels is another.
#[test]
fn channels_are_whitened_in_the_order_in_which_they_come() {
    let images = pictures(80);
    let reversed = images.scaled(Scaling::Caffe);
    let reversed = seen(&reversed.whitened(&reversed.zca_whitening(1e-6).unwrap()).unwrap(), 3);
    let plain = seen(&images.whitened(&images.zca_whitening(1e-6).unwrap()).unwrap(), 3);
    for (pixel, other) in reversed.chunks_exact(3).zip(plain.chunks_exact(3)) {
        assert!(pixel.iter().zip(other.iter().rev()).all(|(a, b)| (a - b).abs() < 1e-3), "{pixel:?} {other:?}");
    }
}

#[test]
fn whitening_follows_augmentation_and_is_shown() {
    let images = pictures(60);
    let whitening = images.zca_whitening(1e-6).unwrap();
    let flipped = Augmentation::new().horizontal_flip().cutout(2.0);
    let whitened = images.whitened(&whitening).unwrap().augmented(&flipped, 3).unwrap();
    let holes = seen(&whitened, 5).iter().filter(|value| **value == 0.0).count();
    assert!([3, 6, 12].contains(&holes), "the hole is 0, the mean: {holes}");
    assert!(whitened.mime_bundle().plain().contains("; whitened; augmented: cutout 2, horizontal flip"));
    assert_eq!(whitening.mime_bundle().plain(), "ZCA whitening of 4x4x3, learnt from 60 pictures, epsilon 1e-6");
    let mut plain = vec![0.0; 48];
    whitened.write_plain(5, &mut plain);
    assert_eq!(plain, seen(&images.whitened(&whitening).unwrap(), 5));
    assert_eq!(seen(&whitened.scaled(Scaling::Unit).without_augmentation(), 5), seen(&images, 5));
}

#[test]
fn what_cannot_be_whitened_is_said_in_a_line() {
    let says = |result: Result<_, ImagesError>, words: &[&str]| {
        let message = result.map(|_: ()| ()).unwrap_err().to_string();
        assert!(!message.contains('\n') && words.iter().all(|word| message.contains(word)), "{message}");
    };
    let images = pictures(10);
    let whitening = images.zca_whitening(1e-6).unwrap();
    let large = ImageSet::from_arrays(&vec![0; 100 * 150 * 3], &[0], [100, 150, 3], &["a"]).unwrap();
    says(large.zca_whitening(1e-6).map(|_| ()), &["100x150x3", "45000 rows", "4096 are the most", "for example 30x45"]);
    says(images.zca_whitening(0.0).map(|_| ()), &["epsilon is 0", "above 0"]);
    says(images.subset(&[]).unwrap().zca_whitening(1e-6).map(|_| ()), &["whitening needs at least one picture"]);
    says(large.whitened(&whitening).map(|_| ()), &["of 4x4x3", "100x150x3", "same size"]);
    let each = Augmentation::new().samplewise_center();
    says(images.augmented(&each, 1).unwrap().whitened(&whitening).map(|_| ()), &["normalized by itself", "leave one"]);
    says(images.whitened(&whitening).unwrap().augmented(&each, 1).map(|_| ()), &["normalized by itself"]);
    // A network cannot bring a single picture to what it learnt from.
    let mut net = Net::new(1);
    net.fit(&images.whitened(&whitening).unwrap(), &Fit::new().quiet()).unwrap();
    let picture: Picture = images.picture(0).unwrap();
    says(net.classify(&picture).map(|_| ()), &["whitened pictures", "use `predict`"]);
}
