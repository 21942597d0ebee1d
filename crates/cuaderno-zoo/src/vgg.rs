//! VGG16 (Simonyan and Zisserman, 2014), as in keras/src/applications/vgg16.py and torchvision/models/vgg.py.

use crate::block::{Block, Window};
use cuaderno_nn::Shape;

/// Convolutions and filters of each block.
const BLOCKS: [(usize, usize); 5] = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

pub(crate) fn blocks(input: Shape) -> Vec<Block> {
    let (mut blocks, mut shape) = (Vec::new(), input);
    let mut torch = 0; // torchvision counts convolutions, activations and poolings
    for (number, (convolutions, filters)) in (1..).zip(BLOCKS) {
        let mut block = Block::new(&format!("block{number}"), shape);
        for conv in 1..=convolutions {
            let names = [format!("block{number}_conv{conv}"), format!("features.{torch}")];
            block.conv(names.each_ref().map(String::as_str), filters, Window::new(3).same().bias(true));
            block.mark(|stack| stack.relu());
            torch += 2;
        }
        block.plain(&format!("block{number}_pool"), |stack| stack.max_pool(2));
        torch += 1;
        shape = block.output();
        blocks.push(block);
    }
    blocks
}

pub(crate) fn top(input: Shape, classes: usize) -> Block {
    let mut block = Block::new("top", input);
    block.plain("flatten", |stack| stack.flatten());
    block.dense(["fc1", "classifier.0"], 4096, Some(input));
    block.mark(|stack| stack.relu());
    block.dense(["fc2", "classifier.3"], 4096, None);
    block.mark(|stack| stack.relu());
    block.dense(["predictions", "classifier.6"], classes, None);
    block.mark(|stack| stack.softmax());
    block
}
