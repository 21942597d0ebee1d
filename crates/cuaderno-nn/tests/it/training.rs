//! Networks learn, and learn the same every time.

use crate::support::Squares;
use cuaderno_nn::{Fit, Optimizer, cnn};

cnn! { Small: [3, 16, 16] => [
    conv2d(8, 3), relu, max_pool(2),
    conv2d(8, 3).same(), batch_norm, relu,
    residual(conv2d(8, 3).same(), relu),
    flatten, dropout(0.2), dense(16), relu, dense(4), softmax,
] }

#[test]
fn a_learnable_task_is_learned() {
    let (train, validation) = (Squares::new(256, 16, 4), Squares::new(64, 16, 4));
    let mut model = Small::new(1);
    let how = Fit::new().epochs(6).batch_size(32).optimizer(Optimizer::adam(3e-3)).validation(&validation).quiet();
    let history = model.fit(&train, &how).unwrap();
    assert_eq!(history.epochs.len(), 6);
    assert!(history.last().unwrap().accuracy > 0.9, "{history:?}");
    let evaluation = model.evaluate(&validation).unwrap();
    assert!(evaluation.accuracy > 0.9, "{}", evaluation.accuracy);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let train = Squares::new(100, 16, 4);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut model = Small::new(7);
            let history = model.fit(&train, &Fit::new().epochs(2).batch_size(32).quiet()).unwrap();
            (history.loss(), model.tensor_values(), model.predict(&train).unwrap().probabilities)
        })
    };
    let one = run(1);
    assert!(one == run(2));
    assert!(one == run(4));
}
