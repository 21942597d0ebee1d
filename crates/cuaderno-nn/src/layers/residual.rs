//! Residual blocks: `residual(…branch…)`, `residual(…branch…; …shortcut…)`, `y = branch(x) + shortcut(x)`. The shape stays, or
//! becomes that of both.

use super::{Backward, Forward, Operation};
use crate::stack::{DEPTH, mismatch};
use crate::{Layer, Shape, Stack};
use cuaderno_ops::add;

/// A block whose end has not come yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// Number of the layer that began it.
    number: usize,
    input: Shape,
    branch: Option<Shape>,
}

impl Block {
    pub const fn start(input: Shape) -> Self {
        Self { number: 0, input, branch: None }
    }
}

/// The macro writes these around the layers of a block.
#[doc(hidden)]
impl Stack {
    #[track_caller]
    pub const fn residual_begin(mut self) -> Self {
        if self.depth == DEPTH {
            if self.lenient {
                return self;
            }
            const_panic::concat_panic!("residual blocks nest at most ", DEPTH, " deep");
        }
        let input = self.output();
        self.blocks[self.depth] = Block { number: self.len + 1, input, branch: None };
        self.depth += 1;
        self.push(Layer::ResidualBegin, input, 0, 0)
    }

    #[track_caller]
    pub const fn shortcut(mut self) -> Self {
        if self.depth == 0 {
            return self; // only a lenient stack gets here
        }
        let branch = self.output();
        let block = &mut self.blocks[self.depth - 1];
        block.branch = Some(branch);
        let input = block.input;
        self.push(Layer::Shortcut, input, 0, 0)
    }

    #[track_caller]
    pub const fn residual_end(mut self) -> Self {
        if self.depth == 0 {
            return self; // only a lenient stack gets here
        }
        self.depth -= 1;
        let block = self.blocks[self.depth];
        let (branch, shortcut) = match block.branch {
            Some(branch) => (branch, self.output()),
            None => (self.output(), block.input),
        };
        if !branch.same_as(shortcut) {
            mismatch::branches_differ(&self, block.number, branch, shortcut);
        }
        self.push(Layer::ResidualEnd, branch, 0, 0)
    }
}

/// The end of a block.
#[derive(Debug)]
pub(crate) struct Add;

impl Operation for Add {
    fn forward(&self, run: Forward) {
        run.output.copy_from_slice(run.input);
        add(run.output, run.other.expect("an addition has two inputs"));
    }

    /// Both inputs have the gradient of the output.
    fn backward(&self, _: Backward) {}

    fn works_in_place(&self) -> bool {
        true
    }
}
