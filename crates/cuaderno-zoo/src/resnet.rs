//! ResNet50 (He and others, 2015), as in keras/src/applications/resnet.py and torchvision/models/resnet.py.
//!
//! They are not the same network: torchvision moves each stage's stride from the first to the 3 × 3 convolution, and leaves
//! out the biases of convolutions.

use crate::block::{Block, Window};
use crate::source::Source;
use cuaderno_nn::Shape;

/// Blocks and narrow channels of each stage; a block puts out four times as many.
const STAGES: [(usize, usize); 4] = [(3, 64), (4, 128), (6, 256), (3, 512)];

/// Momentum and epsilon of the normalizations, and whether convolutions have biases.
fn norm(source: Source) -> (f32, f32, bool) {
    match source {
        Source::Keras => (0.99, 1.001e-5, true),
        Source::Torchvision => (0.9, 1e-5, false),
    }
}

pub(crate) fn blocks(input: Shape, source: Source) -> Vec<Block> {
    let (momentum, epsilon, bias) = norm(source);
    let mut first = Block::new("conv1", input);
    first.plain("conv1_pad", |stack| stack.zero_pad(3));
    first.conv(["conv1_conv", "conv1"], 64, Window::new(7).stride(2).bias(bias));
    first.norm(["conv1_bn", "bn1"], momentum, epsilon);
    first.plain("conv1_relu", |stack| stack.relu());
    first.plain("pool1_pad", |stack| stack.zero_pad(1));
    first.plain("pool1_pool", |stack| stack.stride(2).max_pool(3));
    let mut shape = first.output();
    let mut blocks = vec![first];
    for (stage, (count, channels)) in STAGES.into_iter().enumerate() {
        for number in 0..count {
            let stride = if number == 0 && stage > 0 { 2 } else { 1 };
            let block = bottleneck(shape, [stage, number], channels, stride, source);
            shape = block.output();
            blocks.push(block);
        }
    }
    blocks
}

/// Three convolutions, the first narrowing, the last widening, and a shortcut; the first block of a stage brings the shortcut
/// to its shape by a convolution.
fn bottleneck(input: Shape, [stage, number]: [usize; 2], channels: usize, stride: usize, source: Source) -> Block {
    let (momentum, epsilon, bias) = norm(source);
    let name = format!("conv{}_block{}", stage + 2, number + 1);
    let keras = |layer: &str| format!("{name}_{layer}");
    let torch = |layer: &str| format!("layer{}.{number}.{layer}", stage + 1);
    let strides = if source == Source::Keras { [stride, 1] } else { [1, stride] };
    let point = |stride| Window::new(1).stride(stride).bias(bias);
    let mut block = Block::new(&name, input);
    block.mark(|stack| stack.residual_begin());
    block.conv([&keras("1_conv"), &torch("conv1")], channels, point(strides[0]));
    block.norm([&keras("1_bn"), &torch("bn1")], momentum, epsilon);
    block.plain(&keras("1_relu"), |stack| stack.relu());
    let mut window = Window::new(3).stride(strides[1]).bias(bias);
    if strides[1] == 1 {
        window = window.same();
    } else {
        block.mark(|stack| stack.zero_pad(1)); // torchvision pads both sides, TensorFlow's `same` only the end
    }
    block.conv([&keras("2_conv"), &torch("conv2")], channels, window);
    block.norm([&keras("2_bn"), &torch("bn2")], momentum, epsilon);
    block.plain(&keras("2_relu"), |stack| stack.relu());
    block.conv([&keras("3_conv"), &torch("conv3")], 4 * channels, point(1));
    block.norm([&keras("3_bn"), &torch("bn3")], momentum, epsilon);
    if number == 0 {
        block.mark(|stack| stack.shortcut());
        block.conv([&keras("0_conv"), &torch("downsample.0")], 4 * channels, point(stride));
        block.norm([&keras("0_bn"), &torch("downsample.1")], momentum, epsilon);
    }
    block.plain(&keras("add"), |stack| stack.residual_end());
    block.plain(&keras("out"), |stack| stack.relu());
    block
}

pub(crate) fn top(input: Shape, classes: usize) -> Block {
    let mut block = Block::new("top", input);
    block.plain("avg_pool", |stack| stack.global_avg_pool());
    block.dense(["predictions", "fc"], classes, None);
    block.mark(|stack| stack.softmax());
    block
}
