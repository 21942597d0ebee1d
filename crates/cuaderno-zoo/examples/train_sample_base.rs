//! Trains the sample's base network and writes its weights: MobileNetV2 (0.35) on drawn pictures, so that transfer learning has
//! something to transfer where no data are at hand.
//!
//! `cargo run -p cuaderno-zoo --example train_sample_base [FOLDER]`, minutes on two cores. Seeded: the same bytes every
//! time. What it learns from is drawn here and kept nowhere: one figure in twenty shapes and four colours on a ground of any colour.
//! The sample's classes are other ones, and none of the sample's pictures is among these.

#[path = "../../cuaderno-images/examples/generate_sample/sample/draw.rs"]
#[allow(dead_code)] // the sample draws more
mod draw;
#[path = "../../cuaderno-images/examples/generate_sample/sample/random.rs"]
#[allow(dead_code)]
mod random;

use cuaderno_images::ImageSet;
use cuaderno_nn::{Fit, Optimizer, Schedule};
use cuaderno_zoo::{Pooling, Pretrained, mobilenet_v2};
use draw::{Canvas, Shape, hsv};
use random::Random;
use std::error::Error;
use std::path::PathBuf;

const SEED: u64 = 2026;
const SIDE: usize = 96;
const TRAIN_OF_EACH: usize = 200;
const TEST_OF_EACH: usize = 10;
const BATCH: usize = 32;
const EPOCHS: usize = 12;
/// Where the notebooks look for it.
const FILE: &str = "weights/mobilenet_v2_0.35_224_notop.safetensors";

const SHAPES: [Shape; 20] = [
    Shape::Disc,
    Shape::Ring,
    Shape::Cross,
    Shape::Moon,
    Shape::Bar,
    Shape::Polygon(3),
    Shape::Polygon(4),
    Shape::Polygon(5),
    Shape::Polygon(6),
    Shape::Polygon(8),
    Shape::Star(3),
    Shape::Star(4),
    Shape::Star(5),
    Shape::Star(6),
    Shape::Star(8),
    Shape::Lobes(2),
    Shape::Lobes(3),
    Shape::Lobes(4),
    Shape::Lobes(5),
    Shape::Lobes(7),
];
/// Each figure's colour lies in one of these equal parts of the circle of hues.
const HUES: usize = 4;
const CLASSES: usize = SHAPES.len() * HUES;

fn main() -> Result<(), Box<dyn Error>> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| default.to_owned()));
    let (train, test) = (drawn(TRAIN_OF_EACH, 1)?, drawn(TEST_OF_EACH, 2)?);

    let network = mobilenet_v2(0.35).input([3, SIDE, SIDE]).with_top(CLASSES);
    let mut model = network.random(SEED)?;
    model.unfreeze();
    let steps = (EPOCHS * train.len().div_ceil(BATCH)) as u64;
    let how = Fit::new().epochs(EPOCHS).batch_size(BATCH).seed(SEED);
    let optimizer = Optimizer::adam(2e-3).schedule(Schedule::Cosine { steps, floor: 0.01 });
    let how = how.optimizer(optimizer).validation(&test);
    model.fit(&train, &how)?;
    renew_statistics(&mut model, &train)?;
    let (right, guessed) = (model.evaluate(&test)?.accuracy, 1.0 / CLASSES as f64);
    println!("{CLASSES} classes of drawn figures: {right:.3} are right, by guessing {guessed:.4}");

    // The top belongs to these classes; what stays is what the network sees.
    let mut base = mobilenet_v2(0.35).input([3, SIDE, SIDE]).pooling(Pooling::Average).random(SEED)?;
    let mut values = model.tensor_values();
    values.truncate(base.tensors().count());
    base.network_mut().set_tensor_values(&values);
    let path = folder.join(FILE);
    std::fs::create_dir_all(path.parent().expect("FILE lies in a folder"))?;
    base.save_base(&path)?;
    Ok(())
}

/// The running means and variances of MobileNetV2 change by a thousandth with each step, too slowly for a training as short as
/// this: after it they still hold its beginning. They begin anew here, with steps that move no weight, and what is left of their
/// start values, 0 and 1, is taken out: as in Adam, `(value - start * m^n) / (1 - m^n)` after n steps.
fn renew_statistics(model: &mut Pretrained, train: &ImageSet) -> Result<(), Box<dyn Error>> {
    const MOMENTUM: f32 = 0.999;
    const STEPS: usize = 100;
    let names: Vec<String> = model.tensors().map(|(name, _)| name.to_owned()).collect();
    let set = |model: &mut Pretrained, value: &dyn Fn(f32, f32) -> f32| {
        let mut tensors = model.tensor_values();
        for (name, values) in names.iter().zip(&mut tensors) {
            let start = f32::from(u8::from(name.ends_with("moving_variance")));
            if start == 1.0 || name.ends_with("moving_mean") {
                values.iter_mut().for_each(|old| *old = value(*old, start));
            }
        }
        model.network_mut().set_tensor_values(&tensors);
    };
    set(model, &|_, start| start);
    let how = Fit::new().epochs(1).steps_per_epoch(STEPS).batch_size(BATCH).seed(SEED).quiet();
    model.fit(train, &how.optimizer(Optimizer::sgd(f32::MIN_POSITIVE)))?;
    let left = (0..STEPS).fold(1.0, |left, _| left * MOMENTUM);
    set(model, &|value, start| (value - start * left) / (1.0 - left));
    Ok(())
}

/// So many pictures of each class.
fn drawn(of_each: usize, seed: u64) -> Result<ImageSet, Box<dyn Error>> {
    let (mut bytes, mut labels) = (Vec::new(), Vec::new());
    for class in 0..CLASSES {
        for index in 0..of_each {
            let mut random = Random::new(seed, (class * of_each + index) as u64);
            bytes.extend(picture(SHAPES[class / HUES], class % HUES, &mut random).rgb());
            labels.push(class);
        }
    }
    let names: Vec<String> = (0..CLASSES).map(|class| format!("{:?} {}", SHAPES[class / HUES], class % HUES)).collect();
    Ok(ImageSet::from_arrays(&bytes, &labels, [SIDE, SIDE, 3], &names)?)
}

/// A ground of any colour with bars and noise, and on it one to three times the figure, of any size and turn.
fn picture(shape: Shape, part: usize, random: &mut Random) -> Canvas {
    let side = SIDE as f64;
    let ground = |random: &mut Random| hsv(random.unit(), random.range(0.0, 0.7), random.range(0.2, 0.95));
    let mut canvas = Canvas::new(SIDE, SIDE, ground(random));
    canvas.gradient(ground(random));
    match random.below(4) {
        0 => canvas.stripes(ground(random), random.range(4.0, 20.0), random.unit(), 0.3),
        1 => canvas.dots(ground(random), random.range(6.0, 20.0), 0.4),
        _ => {}
    }
    for _ in 0..random.below(3) {
        let centre = (random.range(0.0, side), random.range(0.0, side));
        canvas.shape(Shape::Bar, centre, random.range(15.0, 40.0), random.unit(), ground(random), 0.5);
    }
    for _ in 0..1 + random.below(3) {
        let hue = (part as f64 + random.range(0.1, 0.9)) / HUES as f64;
        let colour = hsv(hue, random.range(0.6, 1.0), random.range(0.6, 1.0));
        let centre = (random.range(0.25, 0.75) * side, random.range(0.25, 0.75) * side);
        canvas.shape(shape, centre, random.range(10.0, 34.0), random.range(-0.15, 0.15), colour, 0.95);
    }
    canvas.noise(random, 0.03);
    canvas
}
