//! The same network by the library's own means: what `cnn!` would write.

use super::case::{Case, Layer, Shape, Window};
use cuaderno_nn::{Rescaling, Stack};

/// The stack of a case. It lives as long as the process.
pub fn stack(case: &Case) -> &'static Stack {
    let input = match case.input {
        Shape::Image(shape) => cuaderno_nn::Shape::image(shape),
        Shape::Row(n) => cuaderno_nn::Shape::Features(n),
    };
    Box::leak(Box::new(add(Stack::strict("Found", input), &case.layers)))
}

fn add(stack: Stack, layers: &[Layer]) -> Stack {
    layers.iter().fold(stack, |stack, layer| match layer {
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
        Layer::Residual(branch, None) => add(stack.residual_begin(), branch).residual_end(),
        Layer::Residual(branch, Some(shortcut)) => {
            add(add(stack.residual_begin(), branch).shortcut(), shortcut).residual_end()
        }
        Layer::Model(layers) => {
            let inner = add(Stack::strict("Inner", stack.output()), layers);
            stack.model(Box::leak(Box::new(inner)))
        }
    })
}

fn options(stack: Stack, window: &Window) -> Stack {
    let stack = if window.size[1] == window.size[0] { stack } else { stack.width(window.size[1]) };
    let stack = match window.stride {
        Some([down, right]) => stack.strides(down, right),
        None => stack,
    };
    if window.same { stack.same() } else { stack }
}
