//! A network as a diagram: what becomes of one input, layer by layer.

use crate::canvas::{Anchor, Canvas, Rect};
use crate::figure::{Draw, Drawing, figure};
use crate::frame::Frame;
use crate::legend::Swatch;
use crate::sheet::Sheet;
use crate::shown::Shared;
use crate::theme::Color;
use crate::{PlotError, text, theme};
use cuaderno_display::{counted, thousands};

const ROW: f64 = 24.0;
const GAP: f64 = 9.0;
const SIZE: f64 = theme::TICK_SIZE;
/// More layers would make a figure that no page holds: the middle ones are left out, and counted.
const MOST_ROWS: usize = 60;

/// One layer after the other, from top to bottom: its kind, the shape of what it puts out, and how many parameters it has. The
/// more values a layer puts out, the wider it is drawn (by the logarithm).
///
/// ```
/// use cuaderno_plot::{Figure, NetworkDiagram};
///
/// let figure = NetworkDiagram::new(&[3, 32, 32])
///     .layer("conv2d", &[6, 28, 28], 456)
///     .layer("flatten", &[4704], 0)
///     .layer("dense", &[10], 47_050)
///     .title("BaseNet");
/// assert!(figure.describe().contains("dense: 10, 47,050 parameters"));
/// ```
#[derive(Clone, Debug)]
pub struct NetworkDiagram {
    frame: Frame,
    layers: Vec<Layer>,
}

#[derive(Clone, Debug)]
struct Layer {
    kind: String,
    shape: Vec<usize>,
    parameters: usize,
}

/// What a layer does, by the word for its kind; the place is that of its colour.
const WORK: [(&str, &[&str]); 5] = [
    ("convolution", &["conv"]),
    ("pooling", &["pool"]),
    ("dense", &["dense"]),
    ("normalization, dropout", &["norm", "dropout"]),
    ("network", &["model"]),
];

impl Layer {
    fn values(&self) -> f64 {
        self.shape.iter().map(|size| *size as f64).product::<f64>().max(1.0)
    }

    fn size(&self) -> String {
        self.shape.iter().map(|size| thousands(*size)).collect::<Vec<_>>().join(" × ")
    }

    fn work(&self) -> Option<usize> {
        WORK.iter().position(|(_, words)| words.iter().any(|word| self.kind.contains(word)))
    }

    fn parameters(&self) -> String {
        if self.parameters == 0 { String::new() } else { counted(self.parameters, "parameter") }
    }
}

/// What stands in a row.
enum Row<'a> {
    Layer(&'a Layer),
    Omitted(usize),
}

figure!(NetworkDiagram);

impl NetworkDiagram {
    /// A network that takes inputs of this shape, `[channels, height, width]` or `[features]`.
    pub fn new(input: &[usize]) -> Self {
        let input = Layer { kind: "input".to_owned(), shape: input.to_vec(), parameters: 0 };
        Self { frame: Frame::default(), layers: vec![input] }
    }

    /// Adds a layer: its kind, the shape of what it puts out, and its parameters.
    pub fn layer(mut self, kind: impl Into<String>, shape: &[usize], parameters: usize) -> Self {
        self.layers.push(Layer { kind: kind.into(), shape: shape.to_vec(), parameters });
        self
    }

    fn rows(&self) -> Vec<Row<'_>> {
        let all = self.layers.iter().map(Row::Layer);
        if self.layers.len() <= MOST_ROWS {
            return all.collect();
        }
        let end = MOST_ROWS / 3;
        let omitted = self.layers.len() - MOST_ROWS;
        let mut rows: Vec<Row<'_>> = all.collect();
        rows.splice(MOST_ROWS - end..MOST_ROWS - end + omitted, [Row::Omitted(omitted)]);
        rows
    }

    fn color(&self, layer: &Layer) -> Color {
        layer.work().map_or(theme::PALE, |work| self.frame.color(work))
    }

    fn sheet(&self) -> Sheet<'_> {
        let used =
            WORK.iter().enumerate().filter(|(work, _)| self.layers.iter().any(|layer| layer.work() == Some(*work)));
        let entries = used.map(|(work, (name, _))| (Swatch::Fill(self.frame.color(work), 1.0, 0), (*name).to_owned()));
        let total = self.layers.iter().map(|layer| layer.parameters).sum::<usize>();
        let note = format!(
            "{} in all; the width of a layer is the logarithm of how many values it puts out",
            counted(total, "parameter")
        );
        let notes = self.frame.refused.iter().cloned().chain([note]).collect();
        Sheet { frame: &self.frame, legend: self.frame.legend("", entries), notes }
    }
}

impl Draw for NetworkDiagram {
    fn drawing(&self, _: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self))
    }
}

impl Drawing for NetworkDiagram {
    fn natural_height(&self, width: f64) -> f64 {
        self.sheet().height(width) + self.rows().len() as f64 * (ROW + GAP)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let inner = self.sheet().draw(canvas, area);
        let rows = self.rows();
        // A size that was asked for squeezes the rows.
        let step = (inner.height / rows.len() as f64).min(ROW + GAP);
        let height = step * ROW / (ROW + GAP);
        let most = self.layers.iter().map(Layer::values).fold(2.0, f64::max);
        let (middle, widest) = (inner.left + inner.width / 2.0, inner.width * 0.44);
        let half = |layer: &Layer| (20.0 + (widest - 20.0) * libm::log(layer.values()) / libm::log(most)) / 2.0;
        let mut above: Option<f64> = None;
        for (place, row) in rows.iter().enumerate() {
            let top = inner.top + place as f64 * step;
            let baseline = top + height / 2.0 + SIZE * 0.36;
            let Row::Layer(layer) = row else {
                let Row::Omitted(number) = row else { continue };
                let words = format!("… {} not drawn …", counted(*number, "layer"));
                canvas.text(&words, (middle, baseline), Anchor::Middle, SIZE, theme::MUTED);
                above = None;
                continue;
            };
            let half = half(layer);
            if let Some(above) = above {
                let from = top - (step - height);
                let funnel =
                    [(middle - above, from), (middle + above, from), (middle + half, top), (middle - half, top)];
                canvas.polygon(&funnel, theme::GRID, 1.0);
            }
            above = Some(half);
            let color = self.color(layer);
            canvas.rect(Rect::new(middle - half, top, 2.0 * half, height), color, 1.0);
            canvas.text(&layer.kind, (inner.left, baseline), Anchor::Start, SIZE, theme::INK);
            let size = layer.size();
            if text::width(&size, SIZE) <= 2.0 * half - 8.0 {
                canvas.text(&size, (middle, baseline), Anchor::Middle, SIZE, crate::shade::Shades::text_on(color));
            } else {
                canvas.text(&size, (middle + half + 6.0, baseline), Anchor::Start, SIZE, theme::INK);
            }
            canvas.text(&layer.parameters(), (inner.right(), baseline), Anchor::End, SIZE, theme::INK);
        }
    }

    /// Kind, shape and parameters of each layer.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("network")];
        for row in self.rows() {
            lines.push(match row {
                Row::Omitted(number) => format!("  … {} …", counted(number, "layer")),
                Row::Layer(layer) if layer.parameters == 0 => format!("  {}: {}", layer.kind, layer.size()),
                Row::Layer(layer) => format!("  {}: {}, {}", layer.kind, layer.size(), layer.parameters()),
            });
        }
        lines.join("\n")
    }
}
