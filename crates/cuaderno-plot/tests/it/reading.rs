//! Reads a chart back from its SVG: places in pixels become values by the numbers written along the axes.

use resvg::usvg::roxmltree::{Document, Node};

/// From pixels to values along one axis.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    at: f64,
    value: f64,
    /// Values for one pixel.
    pub pixel: f64,
}

impl Scale {
    /// From the outermost ticks. An axis of names has none: its values are pixels.
    fn through(mut ticks: Vec<(f64, f64)>) -> Self {
        ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
        match (ticks.first(), ticks.last()) {
            (Some(a), Some(b)) if a.0 < b.0 => {
                let step = (b.1 - a.1) / (b.0 - a.0);
                Self { at: a.0, value: a.1, pixel: step * 10.0 }
            }
            _ => Self { at: 0.0, value: 0.0, pixel: 10.0 },
        }
    }

    fn value(&self, at: f64) -> f64 {
        self.value + (at - self.at) * self.pixel / 10.0
    }
}

/// A rectangle in values.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub top: f64,
}

/// A straight line in values; its thickness in tenths of a pixel.
#[derive(Clone, Copy, Debug)]
pub struct Straight {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
    pub width: f64,
}

/// Words at a place.
#[derive(Clone, Debug)]
pub struct Words {
    pub words: String,
    x: f64,
    y: f64,
    anchor: String,
    size: f64,
    upright: bool,
}

/// What is drawn, in values of the axes.
pub struct Chart {
    pub x: Scale,
    pub y: Scale,
    pub texts: Vec<Words>,
    /// Straight lines over the data, no grid and no axis.
    pub lines: Vec<Straight>,
    pub polylines: Vec<Vec<(f64, f64)>>,
    /// Colours of all rectangles, in order.
    pub fills: Vec<(u8, u8, u8)>,
    rects: Vec<(String, Bar)>,
    circles: Vec<(String, (f64, f64))>,
    ends: (f64, f64),
}

impl Chart {
    pub fn read(svg: &str) -> Self {
        let document = Document::parse(svg).expect("valid SVG");
        let all: Vec<Node> = document.root_element().children().filter(Node::is_element).collect();
        let number = |node: &Node, name: &str| node.attribute(name).and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0);
        let texts: Vec<Words> = named(&all, "text")
            .map(|node| Words {
                words: node.text().unwrap_or_default().to_owned(),
                x: number(node, "x"),
                y: number(node, "y"),
                anchor: node.attribute("text-anchor").unwrap_or_default().to_owned(),
                size: number(node, "font-size"),
                upright: !node.has_attribute("transform"),
            })
            .collect();
        // The lowest line across is the axis; numbers along it are below, numbers of the other axis left of it.
        let axis = named(&all, "line").filter(|node| node.attribute("stroke") == Some("#828282"));
        let (left, right, bottom) = axis
            .filter(|node| number(node, "y1") == number(node, "y2"))
            .map(|node| (number(node, "x1"), number(node, "x2"), number(node, "y1")))
            .max_by(|a, b| a.2.total_cmp(&b.2))
            .unwrap_or((0.0, 1.0, 0.0));
        let ticks = || texts.iter().filter(|text| text.size == 120.0 && text.upright);
        let below = ticks().filter(|text| text.anchor == "middle" && text.y > bottom && text.y < bottom + 250.0);
        let x = Scale::through(below.filter_map(|text| Some((text.x, parse(&text.words)?))).collect());
        let beside = ticks().filter(|text| text.anchor == "end" && text.x < left);
        let tick_y = |text: &Words| text.y - 0.36 * text.size;
        let y = Scale::through(beside.filter_map(|text| Some((tick_y(text), parse(&text.words)?))).collect());
        let at = |px: f64, py: f64| (x.value(px), y.value(py));
        let points = |node: &Node| {
            let pairs = node.attribute("points").unwrap_or_default().split(' ');
            let pair = |pair: &str| pair.split_once(',').and_then(|(a, b)| Some(at(a.parse().ok()?, b.parse().ok()?)));
            pairs.filter_map(pair).collect::<Vec<_>>()
        };
        let rect = |node: &Node| {
            let [l, t, w, h] = ["x", "y", "width", "height"].map(|name| number(node, name));
            let ((x0, y0), (x1, y1)) = (at(l, t), at(l + w, t + h));
            let bar = Bar { left: x0.min(x1), right: x0.max(x1), bottom: y0.min(y1), top: y0.max(y1) };
            (node.attribute("fill").unwrap_or_default().to_owned(), bar)
        };
        let straight = |node: &Node| {
            let [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map(|name| number(node, name));
            let ((x0, y0), (x1, y1)) = (at(x1, y1), at(x2, y2));
            Straight { x0, y0, x1, y1, width: number(node, "stroke-width") }
        };
        let is_data = |node: &&Node| !matches!(node.attribute("stroke"), Some("#828282" | "#E4E4E4"));
        let circle = |node: &Node| {
            (node.attribute("fill").unwrap_or_default().to_owned(), at(number(node, "cx"), number(node, "cy")))
        };
        let rects: Vec<(String, Bar)> = named(&all, "rect").map(rect).collect();
        Self {
            lines: named(&all, "line").filter(is_data).map(straight).collect(),
            polylines: named(&all, "polyline").map(points).collect(),
            circles: named(&all, "circle").map(circle).collect(),
            fills: rects.iter().map(|(color, _)| rgb(color)).collect(),
            ends: (x.value(left), x.value(right)),
            rects,
            texts,
            x: Scale { pixel: x.pixel.abs(), ..x },
            y: Scale { pixel: y.pixel.abs(), ..y },
        }
    }

    /// Rectangles of a colour, from left to right as drawn.
    pub fn rects(&self, color: &str) -> Vec<Bar> {
        self.rects.iter().filter(|(found, _)| found == color).map(|(_, bar)| *bar).collect()
    }

    /// Middles of discs of a colour.
    pub fn circles(&self, color: &str) -> Vec<(f64, f64)> {
        self.circles.iter().filter(|(found, _)| found == color).map(|(_, point)| *point).collect()
    }

    /// Values at both ends of the x axis.
    pub fn x_ends(&self) -> (f64, f64) {
        self.ends
    }
}

fn named<'a, 'b>(all: &'b [Node<'a, 'a>], name: &'static str) -> impl Iterator<Item = &'b Node<'a, 'a>> {
    all.iter().filter(move |node| node.has_tag_name(("http://www.w3.org/2000/svg", name)))
}

/// A number as axes write it.
fn parse(words: &str) -> Option<f64> {
    words.trim_end_matches(" %").replace(',', "").replace('−', "-").parse().ok()
}

fn rgb(color: &str) -> (u8, u8, u8) {
    let part = |from: usize| color.get(from..from + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    (part(1), part(3), part(5))
}
