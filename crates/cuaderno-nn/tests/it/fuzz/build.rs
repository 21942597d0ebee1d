//! The same network by the library's own means: what `cnn!` would write.

use super::case::{Case, Layer, Shape, Window};
use cuaderno_nn::{Rescaling, Sequential, Stack};

/// The layers of a case.
pub fn layers(case: &Case) -> Sequential {
    let input = match case.input {
        Shape::Image(shape) => cuaderno_nn::Shape::image(shape),
        Shape::Row(n) => cuaderno_nn::Shape::Features(n),
    };
    add(Sequential::new("Found", input), &case.layers)
}

fn add(layers: Sequential, list: &[Layer]) -> Sequential {
    list.iter().fold(layers, |layers, layer| {
        let inside = |name: &str, list: &[Layer]| add(Sequential::new(name, layers.output()), list);
        match layer {
            Layer::Model(inner) => {
                let inner = inside("Inner", inner);
                layers.model(inner)
            }
            Layer::Residual(branch, shortcut) => {
                let (branch, shortcut) =
                    (inside("branch", branch), shortcut.as_ref().map(|list| inside("shortcut", list)));
                layers.residual(branch, shortcut)
            }
            layer => {
                let one = simple(Stack::strict("one", layers.output()), layer);
                layers.then(&one)
            }
        }
    })
}

fn simple(stack: Stack, layer: &Layer) -> Stack {
    match layer {
        Layer::Conv { filters, window, groups, bias } => {
            let stack = options(stack, window).groups(*groups).dilation(window.dilation);
            let stack = if *bias { stack } else { stack.no_bias() };
            stack.conv2d(*filters, window.size[0])
        }
        Layer::MaxPool(window) => options(stack, window).max_pool(window.size[0]),
        Layer::AvgPool(window) => options(stack, window).avg_pool(window.size[0]),
        Layer::GlobalAvg => stack.global_avg_pool(),
        Layer::GlobalMax => stack.global_max_pool(),
        Layer::Rescale { factors, offsets, reversed } => {
            stack.rescale(Rescaling { factors: *factors, offsets: *offsets, reversed: *reversed })
        }
        Layer::ZeroPad([top, bottom, left, right]) => stack.zero_pad_sides(*top, *bottom, *left, *right),
        Layer::Norm { momentum, epsilon } => stack.momentum(*momentum).epsilon(*epsilon).batch_norm(),
        Layer::Dropout(rate) => stack.dropout(*rate),
        Layer::Relu => stack.relu(),
        Layer::Relu6 => stack.relu6(),
        Layer::Leaky(slope) => stack.slope(*slope).leaky_relu(),
        Layer::Sigmoid => stack.sigmoid(),
        Layer::Tanh => stack.tanh(),
        Layer::Softmax => stack.softmax(),
        Layer::Flatten => stack.flatten(),
        Layer::Dense { units, bias: true } => stack.dense(*units),
        Layer::Dense { units, bias: false } => stack.no_bias().dense(*units),
        Layer::Residual(..) | Layer::Model(_) => unreachable!("these are no single layers"),
    }
}

fn options(stack: Stack, window: &Window) -> Stack {
    let stack = if window.size[1] == window.size[0] { stack } else { stack.width(window.size[1]) };
    let stack = match window.stride {
        Some([down, right]) => stack.strides(down, right),
        None => stack,
    };
    if window.same { stack.same() } else { stack }
}
