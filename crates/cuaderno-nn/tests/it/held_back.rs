//! Which examples are kept for validation.

use crate::support::Squares;
use cuaderno_nn::{Examples, Fit, Loss, Optimizer, Subset, cnn};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

cnn! { Net: [3, 16, 16] => [conv2d(2, 3), relu, max_pool(4), flatten, dense(4), softmax] }

/// Pictures in the order of their classes, as a folder gives them, that note who was read: as augmented, and as they are.
#[derive(Clone)]
struct Sorted {
    squares: Squares,
    each: usize,
    augmented: Arc<Mutex<BTreeSet<usize>>>,
    plain: Arc<Mutex<Vec<usize>>>,
}

impl Sorted {
    fn new(each: usize) -> Self {
        let squares = Squares::new(4 * each, 16, 4);
        Self { squares, each, augmented: Arc::default(), plain: Arc::default() }
    }

    fn per_class(&self, indices: &BTreeSet<usize>) -> [usize; 4] {
        std::array::from_fn(|class| indices.iter().filter(|index| self.label(**index) == class).count())
    }
}

impl Examples for Sorted {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }
    fn len(&self) -> usize {
        self.squares.len()
    }
    fn image_shape(&self) -> [usize; 3] {
        self.squares.image_shape()
    }
    fn class_names(&self) -> &[String] {
        self.squares.class_names()
    }
    fn label(&self, index: usize) -> usize {
        index / self.each
    }
    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        self.augmented.lock().unwrap().insert(index);
        self.squares.write_image(index, epoch, out);
    }
    fn write_plain(&self, index: usize, out: &mut [f32]) {
        self.plain.lock().unwrap().push(index);
        self.squares.write_image(index, 0, out);
    }
}

#[test]
fn a_validation_split_takes_its_part_of_each_class_and_does_not_augment_it() {
    let split = |seed| {
        let train = Sorted::new(25);
        let history = Net::new(1).fit(&train, &Fit::new().epochs(2).validation_split(0.2).seed(seed).quiet()).unwrap();
        assert!(history.epochs.iter().all(|epoch| epoch.val_loss.is_some()));
        let trained = train.augmented.lock().unwrap().clone();
        let held_back: BTreeSet<usize> = train.plain.lock().unwrap().iter().copied().collect();
        assert_eq!(train.per_class(&held_back), [5; 4]);
        assert_eq!(train.per_class(&trained), [20; 4]);
        assert!(held_back.is_disjoint(&trained));
        held_back
    };
    assert_eq!(split(1), split(1));
    assert_ne!(split(1), split(2));
}

/// As bagging draws them, and as a rare class is repeated: learning from one copy would tell the answer to the other.
#[test]
fn of_copies_none_is_held_back_while_another_is_learnt() {
    let train = Sorted::new(25);
    let drawn = Subset::resampled(&train, &[1.0; 100], 3).unwrap();
    Net::new(1).fit(&drawn, &Fit::new().validation_split(0.25).quiet()).unwrap();
    let (learnt, plain) = (train.augmented.lock().unwrap(), train.plain.lock().unwrap());
    let held_back: BTreeSet<usize> = plain.iter().copied().collect();
    assert!(plain.len() > held_back.len() && (22..30).contains(&plain.len()), "{plain:?}");
    assert!(learnt.len() > 40 && learnt.is_disjoint(&held_back), "{learnt:?} {held_back:?}");
}

#[test]
fn validation_steps_look_at_the_same_part_of_each_class_every_time() {
    let (train, validation) = (Squares::new(16, 16, 4), Sorted::new(25));
    let how = Fit::new().epochs(3).batch_size(8).validation(&validation).validation_steps(2).quiet();
    Net::new(1).fit(&train, &how).unwrap();
    let looked_at = validation.augmented.lock().unwrap().clone();
    assert_eq!(validation.per_class(&looked_at), [4; 4]);
}

#[test]
fn a_split_that_leaves_a_part_empty_is_refused() {
    for share in [0.01, 0.99] {
        let result = Net::new(1).fit(&Squares::new(8, 16, 4), &Fit::new().validation_split(share).quiet());
        let message = result.unwrap_err().to_string();
        assert!(message.contains(&format!("validation_split is {share}")) && message.contains("of 8"), "{message}");
    }
}

#[test]
fn evaluation_takes_the_loss_of_the_training() {
    cnn! { Scores: [3, 16, 16] => [conv2d(2, 3), relu, max_pool(4), flatten, dense(4)] }
    let (train, validation) = (Squares::new(32, 16, 4), Squares::new(20, 16, 4));
    let mut net = Scores::new(1);
    let suggested = net.evaluate(&validation).unwrap().loss;
    let how = Fit::new().optimizer(Optimizer::sgd(0.0)).loss(Loss::BinaryCrossEntropy).validation(&validation).quiet();
    let history = net.fit(&train, &how).unwrap();
    let loss = net.evaluate(&validation).unwrap().loss;
    assert!((loss - history.last().unwrap().val_loss.unwrap()).abs() < 1e-6, "{loss} {history:?}");
    assert!((loss - suggested).abs() > 0.1, "{loss} {suggested}");
    assert_eq!(net.clone().evaluate(&validation).unwrap().loss, loss);
}

#[test]
fn chances_that_are_not_one_for_each_example_are_refused() {
    let train = Squares::new(4, 16, 4);
    for chances in [&[0.3, 0.7][..], &[], &[1.0; 5], &[0.0; 4], &[1.0, -1.0, 1.0, 1.0], &[1.0, f64::NAN, 1.0, 1.0]] {
        let message = Subset::resampled(&train, chances, 1).err().expect("refused").to_string();
        assert!(message.contains("the list of chances") && message.contains("each of the 4 examples"), "{message}");
    }
}
