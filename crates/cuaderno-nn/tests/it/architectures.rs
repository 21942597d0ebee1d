//! The networks of the reports, with the sizes Keras prints.

use cuaderno_display::Rich;
use cuaderno_nn::{Shape, cnn};

cnn! { RedditModel1: [3, 64, 64] => [
    conv2d(32, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    flatten, dense(512), relu, dense(2), softmax,
] }

cnn! { RedditModel2: [3, 64, 64] => [
    conv2d(32, 5), relu, conv2d(32, 5), relu, max_pool(2),
    conv2d(64, 5), relu, max_pool(2),
    conv2d(128, 5), relu, max_pool(2),
    flatten, dense(256), relu, dense(512), relu, dense(2), softmax,
] }

cnn! { RedditModel5: [3, 64, 64] => [
    conv2d(32, 5), relu, conv2d(32, 5), relu, batch_norm.epsilon(0.01), max_pool(2),
    conv2d(64, 5), relu, max_pool(2),
    flatten, dropout(0.1), dense(256), relu, dropout(0.5), dense(512), relu, dense(2), softmax,
] }

cnn! { BloodCells: [3, 150, 150] => [
    conv2d(32, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    flatten, dropout(0.4), dense(512), relu, dense(128), relu, dense(4), softmax,
] }

cnn! { BaseNet: [3, 32, 32] => [
    conv2d(6, 5), relu, max_pool(2),
    conv2d(16, 5), relu, max_pool(2),
    flatten, dense(50), relu, dense(25), softmax,
] }

cnn! { Cifar10: [3, 32, 32] => [
    conv2d(32, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(64, 3), relu,
    flatten, dense(64), relu, dense(10),
] }

cnn! { Cifar100Pre: [3, 32, 32] => [
    conv2d(16, 3), batch_norm, relu, conv2d(32, 3), batch_norm, relu, max_pool(2), dropout(0.2),
    conv2d(64, 3), batch_norm, relu, conv2d(64, 3), batch_norm, relu, max_pool(2), dropout(0.5),
    flatten, dense(128), batch_norm, relu, dense(50), batch_norm, relu, dense(25), softmax,
] }

#[test]
fn parameter_counts_are_those_of_the_reports() {
    const { assert!(RedditModel1::PARAMETERS == 504_514) };
    assert_eq!(RedditModel1::PARAMETERS, 504_514);
    assert_eq!(RedditModel2::PARAMETERS, 941_410);
    assert_eq!(RedditModel5::PARAMETERS, 2_571_618);
    assert_eq!(BloodCells::PARAMETERS, 606_596);
    assert_eq!(BaseNet::PARAMETERS, 24_197);
    assert_eq!(Cifar10::PARAMETERS, 122_570);
    assert_eq!((Cifar100Pre::PARAMETERS, Cifar100Pre::TRAINABLE), (274_581, 273_873));
}

#[test]
fn shapes_are_known_while_compiling() {
    const FLAT: Shape = RedditModel1::SHAPES[12];
    const { assert!(FLAT.len() == 512) };
    assert_eq!(FLAT, Shape::Features(512));
}

#[test]
fn a_summary_reads_like_that_of_keras() {
    let text = Cifar100Pre::new(1).summary().mime_bundle().plain().to_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["layer", "output", "shape", "parameters"]);
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["1", "(conv2d)", "[16,", "30,", "30]", "448"]);
    assert!(lines.last().unwrap().contains("274,581 parameters (1.05 MB), 273,873 trainable, 708 not"), "{text}");
}
