//! Convolution, activation and max pooling run as one operation; the results are those of running them one by one.

use crate::support::Squares;
use cuaderno_nn::{Fit, Network, Optimizer, cnn};

// An average of one value in front of a pooling keeps it from being joined to the convolution.
cnn! { Joined: [3, 16, 16] => [
    conv2d(8, 3), relu, max_pool(2),
    conv2d(6, 3).same(), leaky_relu, max_pool(3).stride(2).same(),
    conv2d(6, 2).groups(2), max_pool(2).stride(1), relu,
    flatten, dense(4),
] }
cnn! { Apart: [3, 16, 16] => [
    conv2d(8, 3), relu, avg_pool(1), max_pool(2),
    conv2d(6, 3).same(), leaky_relu, avg_pool(1), max_pool(3).stride(2).same(),
    conv2d(6, 2).groups(2), avg_pool(1), max_pool(2).stride(1), avg_pool(1), relu,
    flatten, dense(4),
] }

#[test]
fn pooling_at_once_gives_the_same_results() {
    let data = Squares::new(40, 16, 4);
    let (mut joined, mut apart): (Network, Network) = ((*Joined::new(1)).clone(), (*Apart::new(1)).clone());
    assert_eq!(joined.predict(&data).unwrap(), apart.predict(&data).unwrap());
    // Sums over pixels are taken in another order, which is all that may differ.
    let how = Fit::new().epochs(3).batch_size(16).optimizer(Optimizer::sgd(0.05).momentum(0.9)).quiet();
    joined.fit(&data, &how).unwrap();
    apart.fit(&data, &how).unwrap();
    assert_ne!(joined.current_weights(), Joined::new(1).current_weights());
    for (joined, apart) in joined.current_weights().iter().zip(apart.current_weights()) {
        assert!((joined - apart).abs() < 1e-5, "{joined} {apart}");
    }
}

// A layer that others read as well is not pooled away.
cnn! { Branching: [3, 16, 16] => [
    conv2d(4, 3), residual(max_pool(3).stride(1).same(), conv2d(4, 1)), relu, max_pool(2), flatten, dense(4),
] }
cnn! { BranchingApart: [3, 16, 16] => [
    conv2d(4, 3), residual(avg_pool(1), max_pool(3).stride(1).same(), conv2d(4, 1)), relu, max_pool(2), flatten, dense(4),
] }

#[test]
fn what_two_layers_read_is_kept() {
    let data = Squares::new(8, 16, 4);
    assert_eq!(Branching::new(1).predict(&data).unwrap(), BranchingApart::new(1).predict(&data).unwrap());
}
