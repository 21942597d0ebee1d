//! After an interrupt, what is unfinished is not taken for a result.

use crate::support::Squares;
use cuaderno_display::{Rich, interrupt};
use cuaderno_nn::{EarlyStopping, Examples, Fit, History, NetworkError, cnn, repeat};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

cnn! { Net: [3, 16, 16] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(4), softmax] }

/// Asks to stop when one of its pictures is read for the given time.
#[derive(Clone)]
struct Stopping {
    examples: Squares,
    reads: Arc<AtomicUsize>,
    at: usize,
}

impl Stopping {
    fn new(count: usize, at: usize) -> Self {
        Self { examples: Squares::new(count, 16, 4), reads: Arc::default(), at }
    }
}

impl Examples for Stopping {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }
    fn len(&self) -> usize {
        self.examples.len()
    }
    fn image_shape(&self) -> [usize; 3] {
        self.examples.image_shape()
    }
    fn class_names(&self) -> &[String] {
        self.examples.class_names()
    }
    fn label(&self, index: usize) -> usize {
        self.examples.label(index)
    }
    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        if self.reads.fetch_add(1, Ordering::SeqCst) == self.at {
            interrupt::request();
        }
        self.examples.write_image(index, epoch, out);
    }
}

/// A batch for each thread is on its way at once, and an interrupt is seen after them. Each test has its own process.
fn two_threads() {
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("the first to ask for threads");
}

#[test]
fn an_interrupted_evaluation_is_no_evaluation() {
    two_threads();
    let net = Net::new(1);
    let run = |what: &dyn Fn(&Stopping) -> Result<usize, NetworkError>, at| {
        let result = what(&Stopping::new(300, at));
        interrupt::clear();
        result
    };
    let evaluate = |examples: &Stopping| Ok(net.evaluate(examples)?.labels.len());
    let predict = |examples: &Stopping| Ok(net.predict(examples)?.len());
    for what in [&evaluate as &dyn Fn(&Stopping) -> Result<usize, NetworkError>, &predict] {
        let message = run(what, 100).unwrap_err().to_string();
        assert!(message.contains("interrupted after 128 of 300 images"), "{message}");
        assert_eq!(run(what, 299).unwrap(), 300, "an interrupt in the last batch comes too late");
    }
}

#[test]
fn an_interrupted_validation_changes_no_file() {
    two_threads();
    let folder = tempfile::tempdir().unwrap();
    let (best, checkpoint) = (folder.path().join("best"), folder.path().join("checkpoint"));
    let train = Squares::new(64, 16, 4);
    let how = Fit::new().epochs(5).seed(3).quiet();
    let validation = Squares::new(200, 16, 4);
    let mut straight = Net::new(1);
    straight.fit(&train, &how.clone().epochs(1).validation(&validation)).unwrap();

    // A fingerprint of 8 pictures, then 200 pictures after the first epoch, then some.
    let stopping = Stopping::new(200, 8 + 200 + 40);
    let rule = EarlyStopping::patience(1);
    let how = how.validation(&stopping).early_stopping(rule).save_best(&best).checkpoint(&checkpoint, 1);
    let mut net = Net::new(1);
    let history = net.fit(&train, &how).unwrap();
    interrupt::clear();
    assert_eq!(history.stopped.as_deref(), Some("interrupted in epoch 2, after 64 of 200 validation images"));
    assert_eq!(history.epochs.iter().map(|epoch| epoch.val_loss.is_some()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(history.best().unwrap().0, 1);
    let mut saved = Net::new(2);
    saved.load(&best).unwrap();
    assert_eq!(saved.current_weights(), straight.current_weights());
    let resumed = Net::new(1).fit(&train, &how.epochs(1)).unwrap();
    assert_eq!(resumed.epochs.len(), 1, "the checkpoint is the first epoch's");
}

#[test]
fn an_interrupted_run_is_left_out_of_repeated_ones() {
    let train = Squares::new(32, 16, 4);
    let runs_until = |stopped: u64| {
        let result = repeat(3, 0, |seed| {
            let mut net = Net::new(seed);
            if seed == stopped {
                interrupt::request();
            }
            let history = net.fit(&train, &Fit::new().batch_size(8).quiet())?;
            Ok((history, net.evaluate(&train)?))
        });
        interrupt::clear();
        result
    };
    let runs = runs_until(1).unwrap();
    assert_eq!((runs.runs.len(), runs.stopped.as_deref()), (1, Some("interrupted after 1 of 3 runs")));
    assert!(runs.mime_bundle().plain().contains("interrupted after 1 of 3 runs"));
    assert_eq!(runs_until(9).unwrap().stopped, None);
    let message = runs_until(0).unwrap_err().to_string();
    assert!(message.contains("0 of 3 runs"), "{message}");
}

#[test]
fn an_epoch_that_was_not_validated_is_not_the_best() {
    let epoch = |loss, val_loss| cuaderno_nn::Epoch {
        loss,
        accuracy: 0.5,
        val_loss,
        val_accuracy: val_loss,
        learning_rate: 1e-3,
        seconds: 1.0,
        ..cuaderno_nn::Epoch::default()
    };
    let history = |epochs: &[_]| History { epochs: epochs.to_vec(), stopped: None };
    let validated = history(&[epoch(0.9, Some(1.0)), epoch(0.8, Some(0.7)), epoch(0.1, None)]);
    assert_eq!(validated.best().unwrap().0, 2);
    assert_eq!(history(&[epoch(0.9, None), epoch(0.1, None)]).best().unwrap().0, 2);
    assert!(history(&[]).best().is_none());
}
