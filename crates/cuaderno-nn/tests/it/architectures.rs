//! The networks of the reports, with the sizes Keras prints.

use cuaderno_display::Rich;
use cuaderno_nn::Shape;

#[path = "../../examples/reports/mod.rs"]
mod reports;

pub use reports::Cifar10;
use reports::{BaseNet, BloodCells, Pre, RedditModel1, RedditModel2, RedditModel3, RedditModel4, RedditModel5};

#[test]
fn parameter_counts_are_those_of_the_reports() {
    const { assert!(RedditModel1::PARAMETERS == 504_514) };
    assert_eq!(RedditModel1::PARAMETERS, 504_514);
    assert_eq!(RedditModel2::PARAMETERS, 941_410);
    assert_eq!(RedditModel3::PARAMETERS, 941_410);
    assert_eq!(RedditModel4::PARAMETERS, 942_050);
    assert_eq!(RedditModel5::PARAMETERS, 2_571_618);
    assert_eq!(BloodCells::PARAMETERS, 606_596);
    assert_eq!(BaseNet::PARAMETERS, 24_197);
    assert_eq!(Cifar10::PARAMETERS, 122_570);
    assert_eq!((Pre::PARAMETERS, Pre::TRAINABLE), (274_581, 273_873));
}

#[test]
fn shapes_are_known_while_compiling() {
    const FLAT: Shape = RedditModel1::SHAPES[12];
    const { assert!(FLAT.len() == 512) };
    assert_eq!(FLAT, Shape::Features(512));
}

#[test]
fn a_summary_reads_like_that_of_keras() {
    let text = Pre::new(1).summary().mime_bundle().plain().to_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["layer", "output", "shape", "parameters"]);
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["1", "(conv2d)", "[16,", "30,", "30]", "448"]);
    assert!(lines.last().unwrap().contains("274,581 parameters (1.05 MB), 273,873 trainable, 708 not"), "{text}");
}

/// Names that the macro's own code could stumble over.
mod any_name {
    use cuaderno_nn::cnn;

    cnn! { N: [3, 8, 8] => [conv2d(2, 3), relu, flatten, dense(2)] }
    cnn! { B: [4] => [dense(2)] }
    cnn! { Tensor: [4] => [dense(2)] }
    cnn! { Module: [4] => [dense(2)] }
    cnn! { STACK: [4] => [dense(2)] }

    #[test]
    fn a_network_may_have_any_name() {
        assert_eq!(N::PARAMETERS, (9 * 3 + 1) * 2 + (6 * 6 * 2 + 1) * 2);
        assert_eq!([B::PARAMETERS, Tensor::PARAMETERS, Module::PARAMETERS, STACK::PARAMETERS], [10; 4]);
    }
}

/// As long as a network gets.
mod tall {
    use crate::support::Squares;
    use cuaderno_nn::{Fit, cnn};

    /// Ten layers for each rate of a dropout.
    macro_rules! tall {
        ($($rate:literal)*) => {
            cnn! { Tall: [3, 6, 6] => [
                $(
                    conv2d(2, 3).same(), batch_norm, relu, dropout($rate),
                    residual(conv2d(3, 3).same(), conv2d(2, 1)), leaky_relu.slope(0.2), avg_pool(1),
                )*
                flatten, dense(2), softmax,
            ] }
        };
    }
    tall! { 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.1 0.1 }

    #[test]
    fn more_than_two_hundred_layers_compile_and_train() {
        assert_eq!(Tall::SHAPES.len(), 22 * 10 + 3);
        let (data, how) = (Squares::new(8, 6, 2), Fit::new().epochs(2).quiet());
        let history = Tall::new(1).fit(&data, &how).unwrap();
        assert!(history.loss().iter().all(|loss| loss.is_finite()));
    }
}
