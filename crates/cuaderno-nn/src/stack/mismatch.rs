//! The words in which a mismatch is reported. Each names the layer, what it gets and what it needs.
//!
//! A lenient stack passes over them.

use super::Stack;
use crate::Shape;
use const_panic::concat_panic;

/// Number and kind of the layer whose output is the next one's input.
const fn before(stack: &Stack) -> (&'static str, usize) {
    if stack.len == 0 { ("input", 0) } else { (stack.layers[stack.len - 1].kind(), stack.len) }
}

/// Channels and `[height, width]` of the input, or the end of compilation.
#[track_caller]
pub(crate) const fn need_image(stack: &Stack, kind: &str) -> (usize, [usize; 2]) {
    match stack.output() {
        Shape::Image { channels, height, width } => (channels, [height, width]),
        Shape::Features(n) if stack.lenient => (n, [1, 1]),
        Shape::Features(n) => {
            let (source, number) = before(stack);
            concat_panic!(
                "layer ", stack.len + 1, " (", display: kind, ") needs a picture [channels, height, width], but layer ", number,
                " (", display: source, ") gives a row [", n, "]; move it before `flatten`"
            )
        }
    }
}

/// Length of the input, or the end of compilation.
#[track_caller]
pub(crate) const fn need_row(stack: &Stack, kind: &str) -> usize {
    match stack.output() {
        Shape::Features(n) => n,
        other if stack.lenient => other.len(),
        Shape::Image { channels, height, width } => {
            let (source, number) = before(stack);
            concat_panic!(
                "layer ", stack.len + 1, " (", display: kind, ") needs a row [", channels * height * width, "], but layer ",
                number, " (", display: source, ") gives a picture ", [channels, height, width],
                "; put `flatten` or `global_avg_pool` in between"
            )
        }
    }
}

#[track_caller]
pub(crate) const fn window_too_large(stack: &Stack, kind: &str, reach: [usize; 2], size: [usize; 2]) {
    if stack.lenient {
        return;
    }
    let (source, number) = before(stack);
    concat_panic!(
        "layer ", stack.len + 1, " (", display: kind, ") needs at least ", reach[0], "x", reach[1], " pixels, but layer ", number,
        " (", display: source, ") gives ", size[0], "x", size[1], "; use a smaller window, `.same()`, or pool less before it"
    )
}

#[track_caller]
pub(crate) const fn wrong_model(stack: &Stack, inner: &Stack) {
    if stack.lenient {
        return;
    }
    let (source, number) = before(stack);
    let ([gh, gw], [wh, ww]) = (stack.output().size(), inner.input().size());
    concat_panic!(
        "layer ", stack.len + 1, " (model ", display: inner.name(), ") needs ", [inner.input().channels(), wh, ww],
        ", but layer ", number, " (", display: source, ") gives ", [stack.output().channels(), gh, gw]
    )
}

#[track_caller]
pub(crate) const fn branches_differ(stack: &Stack, begin: usize, branch: Shape, shortcut: Shape) {
    if stack.lenient {
        return;
    }
    let ([bh, bw], [sh, sw]) = (branch.size(), shortcut.size());
    concat_panic!(
        "layer ",
        begin,
        " (residual): its branch, up to layer ",
        stack.len,
        ", gives ",
        [branch.channels(), bh, bw],
        ", but its shortcut gives ",
        [shortcut.channels(), sh, sw],
        "; give the branch the same shape, or bring the shortcut there by a convolution: `residual(…; conv2d(",
        branch.channels(),
        ", 1))`"
    )
}
