//! MobileNetV2 (Sandler and others, 2018), as in keras/src/applications/mobilenet_v2.py and torchvision/models/mobilenetv2.py.

use crate::block::{Block, Window};
use crate::source::Source;
use cuaderno_nn::Shape;

/// Expansion, channels, repetitions and first stride of each run of blocks.
const RUNS: [(usize, usize, usize, usize); 7] =
    [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];
/// Alphas for which Keras offers weights.
pub(crate) const PUBLISHED: [f64; 6] = [0.35, 0.5, 0.75, 1.0, 1.3, 1.4];

/// `channels * alpha` brought to a multiple of 8, but never below nine tenths of it.
fn divisible(channels: usize, alpha: f64) -> usize {
    let wanted = channels as f64 * alpha;
    let rounded = ((wanted + 4.0) as usize / 8 * 8).max(8);
    if (rounded as f64) < 0.9 * wanted { rounded + 8 } else { rounded }
}

/// The published alpha whose last block has this many channels.
pub(crate) fn alpha_of(channels: usize) -> Option<f64> {
    PUBLISHED.into_iter().find(|alpha| divisible(320, *alpha) == channels)
}

/// Momentum and epsilon of the normalizations.
fn norm(source: Source) -> (f32, f32) {
    match source {
        Source::Keras => (0.999, 1e-3),
        Source::Torchvision => (0.9, 1e-5),
    }
}

/// A 3 × 3 window. Both pad so that the size is halved; TensorFlow at the end, torchvision on both sides.
fn padded(block: &mut Block, source: Source, stride: usize) -> Window {
    let window = Window::new(3).stride(stride);
    if source == Source::Torchvision && stride == 2 {
        block.mark(|stack| stack.zero_pad(1));
        return window;
    }
    window.same()
}

pub(crate) fn blocks(input: Shape, alpha: f64, source: Source) -> Vec<Block> {
    let (momentum, epsilon) = norm(source);
    let mut first = Block::new("Conv1", input);
    let window = padded(&mut first, source, 2);
    first.conv(["Conv1", "features.0.0"], divisible(32, alpha), window);
    first.norm(["bn_Conv1", "features.0.1"], momentum, epsilon);
    first.plain("Conv1_relu", |stack| stack.relu6());
    let mut shape = first.output();
    let mut blocks = vec![first];
    for (expansion, channels, repetitions, stride) in RUNS {
        for repetition in 0..repetitions {
            let stride = if repetition == 0 { stride } else { 1 };
            let block =
                inverted_residual(shape, blocks.len() - 1, expansion, divisible(channels, alpha), stride, source);
            shape = block.output();
            blocks.push(block);
        }
    }
    let mut last = Block::new("Conv_1", shape);
    last.conv(["Conv_1", "features.18.0"], divisible(1280, alpha.max(1.0)), Window::new(1));
    last.norm(["Conv_1_bn", "features.18.1"], momentum, epsilon);
    last.plain("out_relu", |stack| stack.relu6());
    blocks.push(last);
    blocks
}

/// Expansion by a 1 × 1 convolution, a depthwise one, and a projection without activation; around it a shortcut where the
/// shape stays.
fn inverted_residual(
    input: Shape,
    number: usize,
    expansion: usize,
    channels: usize,
    stride: usize,
    source: Source,
) -> Block {
    let (momentum, epsilon) = norm(source);
    let name = if number == 0 { "expanded_conv".to_owned() } else { format!("block_{number}") };
    let keras = |layer: &str| format!("{name}_{layer}");
    let torch = |layer: &str| format!("features.{}.conv.{layer}", number + 1);
    let mut block = Block::new(&name, input);
    let has_shortcut = stride == 1 && input.channels() == channels;
    if has_shortcut {
        block.mark(|stack| stack.residual_begin());
    }
    let mut step = 0;
    if expansion > 1 {
        block.conv([&keras("expand"), &torch("0.0")], expansion * input.channels(), Window::new(1));
        block.norm([&keras("expand_BN"), &torch("0.1")], momentum, epsilon);
        block.plain(&keras("expand_relu"), |stack| stack.relu6());
        step = 1;
    }
    let window = padded(&mut block, source, stride);
    block.depthwise([&keras("depthwise"), &torch(&format!("{step}.0"))], window);
    block.norm([&keras("depthwise_BN"), &torch(&format!("{step}.1"))], momentum, epsilon);
    block.plain(&keras("depthwise_relu"), |stack| stack.relu6());
    block.conv([&keras("project"), &torch(&(step + 1).to_string())], channels, Window::new(1));
    block.norm([&keras("project_BN"), &torch(&(step + 2).to_string())], momentum, epsilon);
    if has_shortcut {
        block.plain(&keras("add"), |stack| stack.residual_end());
    }
    block
}

pub(crate) fn top(input: Shape, classes: usize) -> Block {
    let mut block = Block::new("top", input);
    block.plain("global_average_pooling2d", |stack| stack.global_avg_pool());
    block.dense(["predictions", "classifier.1"], classes, None);
    block.mark(|stack| stack.softmax());
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_those_of_keras() {
        // keras.applications.mobilenet_v2._make_divisible(32 * 0.35, 8) and so on
        assert_eq!(
            [(32, 0.35), (16, 0.35), (320, 0.35), (24, 1.3), (32, 0.75)].map(|(c, a)| divisible(c, a)),
            [16, 8, 112, 32, 24]
        );
        assert_eq!(alpha_of(448), Some(1.4));
    }
}
