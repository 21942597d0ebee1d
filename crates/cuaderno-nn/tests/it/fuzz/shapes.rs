//! What each layer puts out, and what it costs: the rules of Keras's `compute_output_shape`, written once more.

use super::case::{Layer, Shape, Window};

impl Window {
    /// `[height, width]` of the output; nothing where the window does not fit.
    pub fn output(&self, [height, width]: [usize; 2], stride: [usize; 2]) -> Option<[usize; 2]> {
        let along = |size: usize, axis: usize| {
            let reach = (self.size[axis] - 1) * self.dilation + 1;
            match self.same {
                true => Some(size.div_ceil(stride[axis])),
                false => Some(size.checked_sub(reach)? / stride[axis] + 1),
            }
        };
        Some([along(height, 0)?, along(width, 1)?])
    }
}

impl Layer {
    /// The output's shape; nothing where the layer does not fit.
    pub fn output(&self, input: Shape) -> Option<Shape> {
        match (self, input) {
            (Self::Conv { filters, window, groups, .. }, Shape::Image([channels, height, width])) => {
                let divides = channels % groups == 0 && filters % groups == 0;
                let [height, width] = window.output([height, width], window.stride.unwrap_or([1, 1]))?;
                divides.then_some(Shape::Image([*filters, height, width]))
            }
            (Self::MaxPool(window) | Self::AvgPool(window), Shape::Image([channels, height, width])) => {
                let [height, width] = window.output([height, width], window.stride.unwrap_or(window.size))?;
                Some(Shape::Image([channels, height, width]))
            }
            (Self::GlobalAvg | Self::GlobalMax, Shape::Image([channels, ..])) => Some(Shape::Row(channels)),
            (Self::Rescale { .. }, Shape::Image([3, ..])) => Some(input),
            (Self::ZeroPad([t, b, l, r]), Shape::Image([channels, height, width])) => {
                Some(Shape::Image([channels, t + height + b, l + width + r]))
            }
            (Self::Flatten, _) => Some(Shape::Row(input.len())),
            (Self::Dense { units, .. }, Shape::Row(_)) => Some(Shape::Row(*units)),
            (Self::Softmax, Shape::Row(n)) => (n > 1).then_some(input),
            (Self::Residual(branch, shortcut), _) => {
                let (branch, shortcut) = (of(branch, input)?, of(shortcut.as_deref().unwrap_or(&[]), input)?);
                (branch == shortcut).then_some(branch)
            }
            (Self::Model(layers), _) => of(layers, input),
            (Self::Norm { .. } | Self::Dropout(_) | Self::Relu | Self::Relu6, _) => Some(input),
            (Self::Leaky(_) | Self::Sigmoid | Self::Tanh, _) => Some(input),
            _ => None,
        }
    }

    /// Multiplications for one example, and parameters.
    pub fn cost(&self, input: Shape) -> (usize, usize) {
        let output = self.output(input).map_or(0, Shape::len);
        match self {
            Self::Conv { window, groups, filters, .. } => {
                let taps = window.size[0] * window.size[1] * input.channels() / groups;
                (output * taps, filters * taps)
            }
            Self::Dense { units, .. } => (input.len() * units, input.len() * units),
            Self::MaxPool(window) | Self::AvgPool(window) => (output * window.size[0] * window.size[1], 0),
            Self::Residual(branch, shortcut) => {
                let (a, b) = (cost(branch, input), cost(shortcut.as_deref().unwrap_or(&[]), input));
                (a.0 + b.0, a.1 + b.1)
            }
            Self::Model(layers) => cost(layers, input),
            _ => (8 * input.len(), 0),
        }
    }
}

/// What a list of layers puts out.
pub fn of(layers: &[Layer], input: Shape) -> Option<Shape> {
    layers.iter().try_fold(input, |shape, layer| layer.output(shape))
}

/// The cost of a list of layers that fit.
pub fn cost(layers: &[Layer], input: Shape) -> (usize, usize) {
    let mut shape = input;
    layers.iter().fold((0, 0), |(work, parameters), layer| {
        let (more, further) = layer.cost(shape);
        shape = layer.output(shape).unwrap_or(shape);
        (work + more, parameters + further)
    })
}
