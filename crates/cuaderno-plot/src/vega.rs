//! Figures as Vega-Lite specifications, which JupyterLab draws by itself: with tooltips, zoom by wheel and drag, and a legend whose
//! entries a click fades in and out.

use crate::frame::Frame;
use crate::theme::Color;
use cuaderno_display::{MimeBundle, Rich};
use serde_json::{Map, Value, json};

const MIME_TYPE: &str = "application/vnd.vegalite.v5+json";

/// Rows that a page holds with ease; of more, every so manyth is there.
pub(crate) const MOST_ROWS: usize = 5000;

/// A figure that answers the mouse, with its still picture for those who cannot run it.
#[derive(Clone, Debug)]
pub struct Interactive {
    specification: Value,
    still: MimeBundle,
}

impl Interactive {
    pub(crate) fn new(specification: Value, still: MimeBundle) -> Self {
        Self { specification, still }
    }
}

impl Rich for Interactive {
    fn mime_bundle(&self) -> MimeBundle {
        self.still.clone().with_json(MIME_TYPE, self.specification.clone())
    }
}

/// One axis of a specification.
#[derive(Clone, Copy)]
pub(crate) struct Channel<'a> {
    pub(crate) field: &'a str,
    /// `quantitative`, `temporal` or `nominal`.
    pub(crate) kind: &'a str,
    pub(crate) title: &'a str,
    pub(crate) log: bool,
    pub(crate) range: Option<(f64, f64)>,
}

impl Channel<'_> {
    fn encoding(&self, percent: bool) -> Value {
        let mut scale = Map::new();
        if self.log {
            scale.insert("type".into(), json!("log"));
        }
        if let Some((low, high)) = self.range {
            scale.insert("domain".into(), json!([low, high]));
        }
        if self.kind == "quantitative" && !self.log {
            scale.insert("zero".into(), json!(false));
        }
        let mut encoding = json!({"field": self.field, "type": self.kind, "title": self.title, "scale": scale});
        if percent {
            encoding["axis"] = json!({"format": "%"});
        }
        if self.kind == "nominal" {
            // In the order of the data.
            encoding["sort"] = Value::Null;
        }
        encoding
    }
}

/// What all specifications have in common.
pub(crate) struct Spec<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) mark: Value,
    pub(crate) x: Channel<'a>,
    pub(crate) y: Channel<'a>,
    /// What the groups are, and their names; no groups, no legend.
    pub(crate) heading: &'a str,
    pub(crate) groups: Vec<String>,
    /// `group` says which one a row is of.
    pub(crate) rows: Vec<Value>,
    /// Further channels, such as `x2`.
    pub(crate) more: Value,
}

impl Spec<'_> {
    pub(crate) fn build(self) -> Value {
        let is_bars = self.mark["type"] == "bar";
        let every = self.rows.len().div_ceil(MOST_ROWS).max(1);
        let rows: Vec<Value> = self.rows.into_iter().step_by(every).collect();
        let mut encoding = json!({"x": self.x.encoding(false), "y": self.y.encoding(self.frame.percent)});
        if is_bars {
            for axis in ["x", "y"] {
                encoding[axis]["scale"]["zero"] = json!(true);
            }
        }
        let mut params = Vec::new();
        if self.x.kind != "nominal" && self.y.kind != "nominal" {
            params.push(json!({"name": "zoom", "select": "interval", "bind": "scales"}));
        }
        let colors: Vec<Color> = (0..self.groups.len().max(1)).map(|group| self.frame.color(group)).collect();
        let range: Vec<String> = colors.iter().map(Color::to_string).collect();
        let named = self.groups.iter().any(|name| !name.is_empty());
        encoding["color"] = if named {
            params.push(json!({"name": "shown", "select": {"type": "point", "fields": ["group"]}, "bind": "legend"}));
            encoding["opacity"] = json!({"condition": {"param": "shown", "value": 0.9}, "value": 0.08});
            json!({"field": "group", "type": "nominal", "title": self.heading, "sort": null,
                   "scale": {"domain": self.groups, "range": range}})
        } else {
            json!({"value": range[0]})
        };
        if let (Some(encoding), Value::Object(more)) = (encoding.as_object_mut(), self.more) {
            encoding.extend(more);
        }
        let mut title = vec![self.frame.title.clone()];
        if every > 1 {
            title.push(format!("every {every}th of the rows"));
        }
        json!({
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "title": title, "width": 560, "height": 290, "background": "white",
            "data": {"values": rows}, "mark": self.mark, "encoding": encoding, "params": params
        })
    }
}

/// Gives a figure its interactive form. The figure has a method `shown`, and what that gives a method `vega`.
macro_rules! interactive {
    ($name:ident) => {
        impl $name {
            /// The figure as a Vega-Lite specification, for any tool that draws these; of more than 5,000 rows, every so manyth.
            ///
            /// # Panics
            /// Where [`drawn`](crate::Figure::drawn) has an error.
            pub fn vega_lite(&self) -> serde_json::Value {
                $crate::figure::readable(self.shown($crate::shown::Shared::default())).vega().build()
            }

            /// The figure with tooltips, zoom and a legend to click on, in JupyterLab; elsewhere its still picture.
            pub fn interactive(&self) -> $crate::vega::Interactive {
                $crate::vega::Interactive::new(self.vega_lite(), cuaderno_display::Rich::mime_bundle(self))
            }
        }
    };
}
pub(crate) use interactive;
