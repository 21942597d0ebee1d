//! Explanations lie over the pictures that they are of.

use cuaderno_images::ImageSet;
use cuaderno_nn::{Fit, Optimizer, cnn};
use cuaderno_plot::Figure;

cnn! { Corner: [3, 12, 12] => [conv2d(8, 3).same(), relu, conv2d(8, 3).same(), relu, global_avg_pool, dense(2), softmax] }

/// Dark pictures with a square, red at the left for one class and blue at the right for the other.
fn squares() -> ImageSet {
    let picture = |index: usize| {
        let class = index % 2;
        (0..144).flat_map(move |place: usize| {
            let (row, column) = (place / 12, place % 12);
            let inside = (3..8).contains(&row) && (1..5).contains(&(column % 6)) && column / 6 == class;
            let noise = (20 + place * index % 17) as u8;
            let mut pixel = [noise; 3];
            pixel[2 * class] = if inside { 240 } else { noise };
            pixel
        })
    };
    let bytes: Vec<u8> = (0..40).flat_map(picture).collect();
    let labels: Vec<usize> = (0..40).map(|index| index % 2).collect();
    ImageSet::from_arrays(&bytes, &labels, [12, 12, 3], &["red", "blue"]).unwrap()
}

fn trained(set: &ImageSet) -> Corner {
    let mut model = Corner::new(3);
    model.fit(set, &Fit::new().epochs(40).optimizer(Optimizer::adam(0.01)).quiet()).unwrap();
    model
}

#[test]
fn a_network_looks_at_what_tells_the_classes_apart() {
    let set = squares();
    let model = trained(&set);
    assert_eq!(model.evaluate(&set).unwrap().accuracy, 1.0);
    for (index, class) in [(0, "red"), (1, "blue")] {
        let heat = model.grad_cam(&set, index, class).unwrap().resized([12, 12]);
        let half = |right: usize| -> f32 {
            heat.iter().enumerate().filter(|(place, _)| place % 12 / 6 == right).map(|(_, heat)| heat).sum()
        };
        assert!(half(index) > 2.0 * half(1 - index), "{class}: {} at the left, {} at the right", half(0), half(1));
    }
    let figure = set.explain(&model, &[0, 1]).unwrap();
    let text = figure.describe();
    assert!(text.contains("red; Grad-CAM of red (") && text.contains("saliency of blue"), "{text}");
    assert!(figure.svg().matches("<image").count() == 6);
    assert!(set.explain(&model, &[40]).is_err());
    let map = model.grad_cam(&set, 3, "red").unwrap();
    assert!(set.explained(&[map]).unwrap().describe().contains("Grad-CAM of red"));
}

#[test]
fn mistakes_are_explained_for_both_classes() {
    let set = squares();
    let model = trained(&set);
    let mut result = model.evaluate(&set).unwrap();
    assert!(set.explain_mistakes(&model, &result, 3).unwrap().describe().contains("no pictures"));
    result.predictions.classes[4] = 1;
    let text = set.explain_mistakes(&model, &result, 3).unwrap().describe();
    assert!(text.contains("red; Grad-CAM of blue (0.") && text.contains("; Grad-CAM of red"), "{text}");
}

#[test]
fn the_strongest_pictures_of_a_filter_bear_their_values() {
    let set = squares();
    let model = trained(&set);
    let strongest = model.most_activating("1_conv2d", 2, &set, 3).unwrap();
    let text = set.most_activating(&model, "1_conv2d", 2, 3).unwrap().describe();
    assert!(
        text.contains("Strongest for channel 2 of 1_conv2d") && text.contains(&format!("{:.2}", strongest[0].1)),
        "{text}"
    );
    assert!(strongest[0].1 >= strongest[1].1 && strongest[1].1 >= strongest[2].1);
}
