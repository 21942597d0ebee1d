//! A network drawn as a diagram.

use cuaderno_nn::{Network, Shape};
use cuaderno_plot::NetworkDiagram;
use cuaderno_zoo::Pretrained;

/// What draws itself as a diagram of layers.
pub trait Diagram {
    /// What becomes of one input, layer by layer: kinds, shapes, and parameters.
    fn diagram(&self) -> NetworkDiagram;
}

impl Diagram for Network {
    fn diagram(&self) -> NetworkDiagram {
        let summary = self.summary();
        let layers = self.layers().shapes().zip(&summary.layers);
        layers.fold(NetworkDiagram::new(&sizes(self.input())).title(self.name()), |diagram, (shape, row)| {
            // "3 (max_pool)"
            let kind = row.layer.split_once(' ').map_or(&*row.layer, |(_, kind)| kind.trim_matches(['(', ')']));
            diagram.layer(kind, &sizes(shape), row.parameters)
        })
    }
}

impl Diagram for Pretrained {
    fn diagram(&self) -> NetworkDiagram {
        self.network().diagram()
    }
}

fn sizes(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Image { channels, height, width } => vec![channels, height, width],
        Shape::Features(features) => vec![features],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::cnn;
    use crate::plot::Figure;

    // keras.Sequential([Input((32, 32, 3)), Conv2D(6, 5), ReLU(), MaxPool2D(2), Flatten(), Dense(10)]).summary()
    #[test]
    fn a_diagram_has_the_shapes_and_parameters_of_kerass_summary() {
        cnn! { Little: [3, 32, 32] => [conv2d(6, 5), relu, max_pool(2), flatten, dense(10)] }
        let words = Little::new(1).diagram().describe();
        let expected = [
            "network: Little",
            "  input: 3 × 32 × 32",
            "  conv2d: 6 × 28 × 28, 456 parameters",
            "  relu: 6 × 28 × 28",
            "  max_pool: 6 × 14 × 14",
            "  flatten: 1,176",
            "  dense: 10, 11,770 parameters",
        ];
        assert_eq!(words.lines().collect::<Vec<_>>(), expected);
    }
}
