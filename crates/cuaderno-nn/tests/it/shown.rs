//! What a cell shows of a value stays readable: no table of weights.

use crate::support::Squares;
use cuaderno_display::Rich;
use cuaderno_nn::{EarlyStopping, Fit, Loss, Network, Optimizer, Schedule, cnn};

cnn! { Net: [3, 16, 16] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(4), softmax] }

#[test]
fn a_network_shows_its_summary_not_its_weights() {
    let model = Net::new(7);
    assert_eq!(model.mime_bundle().plain(), model.summary().mime_bundle().plain());
    assert_eq!(format!("{model:?}"), "Net(Net { parameters: 900, seed: 7, .. })");
}

#[test]
fn settings_show_what_was_set() {
    let squares = Squares::new(12, 16, 4);
    let how = Fit::new().epochs(3).validation(&squares).early_stopping(EarlyStopping::patience(2));
    let text = format!("{how:?}");
    assert!(text.starts_with("Fit { epochs: 3, batch_size: 32, optimizer: RmsProp { learning_rate: 0.001, "), "{text}");
    assert!(text.contains("validation_images: 12, early_stopping: ") && !text.contains("steps"), "{text}");
    let how = Fit::new().loss(Loss::BinaryCrossEntropy).class_weights(&[1.0, 2.5]).clip_norm(1.0).validation_steps(3);
    let text = format!("{how:?}");
    for set in
        ["loss: BinaryCrossEntropy", "class_weights: Given([1.0, 2.5])", "norm: Some(1.0)", "validation_steps: 3"]
    {
        assert!(text.contains(set), "{set} is not in {text}");
    }
    let text = format!("{:?}", Optimizer::sgd(0.5).schedule(Schedule::Inverse { decay: 0.1 }));
    assert!(
        text.starts_with("Sgd { learning_rate: 0.5, ") && text.ends_with("} with Inverse { decay: 0.1 }"),
        "{text}"
    );
}

#[test]
fn predictions_show_the_first_and_say_how_many_there_are() {
    let predictions = Net::new(1).predict(&Squares::new(12, 16, 4)).unwrap();
    let bundle = predictions.mime_bundle();
    let lines: Vec<&str> = bundle.plain().lines().collect();
    assert_eq!((lines.len(), lines[11]), (12, "and 2 examples more"));
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["example", "class", "probability"]);
    let probability: f32 = lines[1].split_whitespace().last().unwrap().parse().unwrap();
    assert!((0.25..=1.0).contains(&probability), "{lines:?}");
}

#[test]
fn a_layer_is_called_as_in_the_summary_or_as_its_tensors_are() {
    let (model, squares) = (Net::new(1), Squares::new(2, 16, 4));
    let layers = model.summary().layers;
    let of = |layer: &str| model.activations(layer, &squares, 0).unwrap();
    assert_eq!(of(&layers[0].layer), of("1_conv2d"));
    assert_eq!(of(&layers[2].layer), of("3_max_pool"));
    let message = model.activations("9 (conv2d)", &squares, 0).unwrap_err().to_string();
    assert!(message.contains("9 (conv2d)") && message.contains("1_conv2d"), "{message}");
}

#[test]
fn a_network_is_also_had_without_its_type() {
    let either = |wanted: bool| if wanted { Network::from(Net::new(1)) } else { Net::new(2).into() };
    assert_eq!((either(true).seed(), either(false).seed()), (1, 2));
}
