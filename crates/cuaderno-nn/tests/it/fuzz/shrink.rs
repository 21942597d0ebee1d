//! The smallest case that still fails.

use super::case::{Case, Layer, Shape, Window};
use super::shapes;

/// Makes a case smaller as long as it fails.
pub fn shrink(case: &Case, fails: &dyn Fn(&Case) -> bool) -> Case {
    let mut smallest = case.clone();
    while let Some(smaller) = smaller(&smallest).into_iter().find(|case| is_whole(case) && fails(case)) {
        smallest = smaller;
    }
    smallest
}

/// Whether every layer fits, and there is something to train.
pub fn is_whole(case: &Case) -> bool {
    let scores = shapes::of(&case.layers, case.input);
    matches!(scores, Some(Shape::Row(n)) if n > 0)
        && case.batch > 0
        && case.rest < case.batch
        && case.input.len() > 0
        && case.layers.iter().skip(case.frozen).any(has_parameters)
}

fn has_parameters(layer: &Layer) -> bool {
    match layer {
        Layer::Conv { .. } | Layer::Dense { .. } | Layer::Norm { .. } => true,
        Layer::Residual(branch, shortcut) => branch.iter().chain(shortcut.iter().flatten()).any(has_parameters),
        Layer::Model(layers) => layers.iter().any(has_parameters),
        _ => false,
    }
}

/// Cases a little smaller than this one, those first that are much smaller.
fn smaller(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    let mut change = |change: &dyn Fn(&mut Case)| {
        let mut other = case.clone();
        change(&mut other);
        if other != *case {
            found.push(other);
        }
    };
    change(&|case| (case.rest, case.frozen) = (0, 0));
    change(&|case| (case.binary, case.class_weights) = (false, false));
    change(&|case| case.fresh = true);
    change(&|case| case.numbers = None);
    change(&|case| case.smoothing = 0.0);
    change(&|case| case.accumulate = 1);
    change(&|case| (case.batch, case.rest) = (1, 0));
    change(&|case| (case.batch, case.rest) = (case.batch / 2, case.rest / 2));
    change(&|case| case.batch -= 1);
    change(&|case| case.rest = case.rest.saturating_sub(1));
    for layers in smaller_list(&case.layers) {
        change(&|case| (case.layers, case.frozen) = (layers.clone(), 0));
    }
    for axis in 0..3 {
        for size in halves(size_along(case.input, axis)) {
            change(&|case| set_size_along(&mut case.input, axis, size));
        }
    }
    found
}

/// 1, a half, and one less.
fn halves(size: usize) -> Vec<usize> {
    let mut sizes = vec![1, size / 2, size - 1];
    sizes.retain(|smaller| (1..size).contains(smaller));
    sizes
}

fn size_along(shape: Shape, axis: usize) -> usize {
    match shape {
        Shape::Image(sizes) => sizes[axis],
        Shape::Row(n) => n,
    }
}

fn set_size_along(shape: &mut Shape, axis: usize, size: usize) {
    match shape {
        Shape::Image(sizes) => sizes[axis] = size,
        Shape::Row(n) => *n = size,
    }
}

/// The list without a layer, with the layers of a block in its place, or with a smaller layer.
fn smaller_list(layers: &[Layer]) -> Vec<Vec<Layer>> {
    let mut found = Vec::new();
    for at in 0..layers.len() {
        let replaced = |by: Vec<Layer>| [&layers[..at], &by, &layers[at + 1..]].concat();
        found.push(replaced(Vec::new()));
        found.extend(smaller_layer(&layers[at]).into_iter().map(replaced));
    }
    found
}

fn smaller_layer(layer: &Layer) -> Vec<Vec<Layer>> {
    match layer {
        Layer::Model(inner) => {
            let lists = smaller_list(inner).into_iter().map(|layers| vec![Layer::Model(layers)]);
            [inner.clone()].into_iter().chain(lists).collect()
        }
        Layer::Residual(branch, shortcut) => {
            let mut found = vec![branch.clone()];
            let lists = smaller_list(branch).into_iter();
            found.extend(lists.map(|branch| vec![Layer::Residual(branch, shortcut.clone())]));
            let lists = shortcut.iter().flat_map(|shortcut| smaller_list(shortcut));
            found.extend(lists.map(|shortcut| vec![Layer::Residual(branch.clone(), Some(shortcut))]));
            found
        }
        Layer::Conv { filters, window, groups, bias } => {
            let conv = |filters, window, groups, bias| vec![Layer::Conv { filters, window, groups, bias }];
            let mut found = vec![conv(*filters, *window, 1, *bias), conv(*filters, *window, *groups, true)];
            found.extend(halves(*filters).into_iter().map(|filters| conv(filters, *window, *groups, *bias)));
            found.extend(smaller_windows(window).into_iter().map(|window| conv(*filters, window, *groups, *bias)));
            found.retain(|other| other[0] != *layer);
            found
        }
        Layer::MaxPool(window) => smaller_windows(window).into_iter().map(|w| vec![Layer::MaxPool(w)]).collect(),
        Layer::AvgPool(window) => smaller_windows(window).into_iter().map(|w| vec![Layer::AvgPool(w)]).collect(),
        Layer::Dense { units, bias } => {
            halves(*units).into_iter().map(|units| vec![Layer::Dense { units, bias: *bias }]).collect()
        }
        _ => Vec::new(),
    }
}

fn smaller_windows(window: &Window) -> Vec<Window> {
    let square = Window { size: [window.size[0]; 2], ..*window };
    let mut found = vec![
        Window { same: false, ..*window },
        Window { stride: None, ..*window },
        Window { dilation: 1, ..*window },
        square,
        Window { size: [window.size[0].max(2) - 1, window.size[1].max(2) - 1], ..*window },
    ];
    found.retain(|other| other != window);
    found
}
