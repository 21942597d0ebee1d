//! How bars are drawn.

use crate::axis::Axis;
use crate::bar::{Bar, Drawn, Together};
use crate::canvas::{Anchor, Canvas, Rect, Stroke};
use crate::figure::{Draw, Drawing};
use crate::legend::Swatch;
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::scale::Scale;
use crate::shown::Shared;
use crate::vega::{Channel, Spec, interactive};
use crate::{PlotError, hatch, text, theme};
use cuaderno_display::thousands;
use serde_json::json;

/// Up to this many bars carry their value as text.
const MOST_WITH_VALUES: usize = 40;

/// Up to this many bars have the lines of their group across.
const MOST_HATCHED: usize = 200;

impl Bar {
    fn plane(&self) -> Plane<'_> {
        let (bars, _) = self.bars();
        let errors = || bars.iter().filter_map(|bar| bar.error);
        let low = bars.iter().map(|bar| bar.to).chain(errors().map(|error| error.0)).fold(0.0, f64::min);
        let high = bars.iter().map(|bar| bar.to).chain(errors().map(|error| error.1)).fold(0.0, f64::max);
        let reach = |range| if self.horizontal { self.frame.reach_x(range) } else { self.frame.reach_y(range) };
        let (low, high) = reach((low, high));
        // Room for the values at the ends of the bars.
        let room = match (self.values_shown(), self.horizontal) {
            _ if self.together == Together::Filled => 0.0,
            (true, true) => 0.15,
            (true, false) => 0.08,
            (false, _) => 0.03,
        };
        let high = if high == low { 1.0 } else { high + (high - low) * room };
        let low = if low < 0.0 { low - (high - low) * room } else { low };
        let mut amounts = Axis::new(Scale::linear(low, high), "").percent_if(self.frame.percent);
        amounts.whole = bars.iter().all(|bar| bar.to.fract() == 0.0) && !self.frame.percent;
        let names = Axis::of_bands(self.names.clone(), "");
        let (mut x, mut y) = if self.horizontal { (amounts, names) } else { (names, amounts) };
        x.title = self.frame.x_label_or("");
        y.title = self.frame.y_label_or("");
        let entries = self.series.iter().enumerate().filter(|(_, series)| !series.name.is_empty());
        let entries = entries.map(|(i, series)| (Swatch::Fill(self.frame.color(i), 1.0, i), series.name.clone()));
        let legend = self.frame.legend(&self.heading, entries);
        Plane { legend, notes: self.notes(), empty: bars.is_empty(), ..Plane::new(&self.frame, x, y) }
    }

    fn values_shown(&self) -> bool {
        let inside = self.together != Together::SideBySide && self.series.len() > 1;
        self.names.len() * self.series.len() <= MOST_WITH_VALUES && (!inside || self.together == Together::Filled)
    }

    /// Bars that stand beside one another over one name.
    fn lanes(&self) -> usize {
        if self.together == Together::SideBySide { self.series.len().max(1) } else { 1 }
    }

    /// Thickness of a name's band that leaves room for its bars and its text.
    fn band(&self, width: f64) -> f64 {
        let lines = self.names.iter().map(|name| text::wrap(name, theme::TICK_SIZE, width * 0.42).len()).max();
        (lines.unwrap_or(1) as f64 * text::line_height(theme::TICK_SIZE) + 7.0).max(self.lanes() as f64 * 16.0 + 8.0)
    }

    fn draw_bar(&self, canvas: &mut Canvas, panel: &Panel, bar: Drawn, decimals: usize) {
        let lanes = self.lanes() as f64;
        let lane = if self.together == Together::SideBySide { bar.series as f64 } else { 0.0 };
        let band = if self.horizontal { panel.rect.height } else { panel.rect.width } / self.names.len() as f64;
        // Few names make wide bands: a bar is never wider than a bar looks.
        let thickness = (band * 0.78).min(90.0 * lanes) / lanes;
        let offset = (lane - (lanes - 1.0) / 2.0) * thickness;
        let color = self.color_of(bar.name, bar.series);
        let rect = if self.horizontal {
            let (x0, x1) = (panel.x(bar.from), panel.x(bar.to));
            let y = panel.band_y(bar.name) + offset;
            Rect::new(x0.min(x1), y - thickness * 0.47, (x1 - x0).abs(), thickness * 0.94)
        } else {
            let (y0, y1) = (panel.y(bar.from), panel.y(bar.to));
            let x = panel.x(bar.name as f64) + offset;
            Rect::new(x - thickness * 0.47, y0.min(y1), thickness * 0.94, (y1 - y0).abs())
        };
        canvas.rect(rect, color, 1.0);
        if self.names.len() * self.series.len() <= MOST_HATCHED {
            hatch::draw(canvas, rect, bar.series, color);
        }
        self.draw_error(canvas, panel, rect, bar);
        if self.values_shown() {
            self.draw_value(canvas, panel, rect, bar, &self.label(bar.to - bar.from, decimals));
        }
    }

    /// A line over the end of a bar, with a short one across at each end.
    fn draw_error(&self, canvas: &mut Canvas, panel: &Panel, rect: Rect, bar: Drawn) {
        let Some((low, high)) = bar.error else { return };
        let stroke = Stroke::new(theme::INK, 1.4);
        let (x, y) = (rect.left + rect.width / 2.0, rect.top + rect.height / 2.0);
        let half = (if self.horizontal { rect.height } else { rect.width } * 0.2).min(8.0);
        if self.horizontal {
            let (low, high) = (panel.x(low), panel.x(high));
            canvas.line((low, y), (high, y), stroke);
            for at in [low, high] {
                canvas.line((at, y - half), (at, y + half), stroke);
            }
        } else {
            let (low, high) = (panel.y(low), panel.y(high));
            canvas.line((x, low), (x, high), stroke);
            for at in [low, high] {
                canvas.line((x - half, at), (x + half, at), stroke);
            }
        }
    }

    fn draw_value(&self, canvas: &mut Canvas, panel: &Panel, rect: Rect, bar: Drawn, label: &str) {
        let size = theme::TICK_SIZE;
        let (x, y) = (rect.left + rect.width / 2.0, rect.top + rect.height / 2.0);
        if self.together == Together::Filled {
            // In the middle of its part, in letters that can be read on its colour.
            let fits = text::width(label, size) <= rect.width - 4.0 && rect.height >= size + 2.0;
            if fits {
                let color = self.color_of(bar.name, bar.series);
                let ink = crate::shade::Shades::text_on(color);
                canvas.text_on(label, (x, y + size * 0.36), Anchor::Middle, size, ink, color);
            }
            return;
        }
        let negative = bar.to < bar.from;
        let (low, high) = bar.error.unwrap_or((bar.to, bar.to));
        if self.horizontal {
            let end = panel.x(if negative { bar.to.min(low) } else { bar.to.max(high) });
            let (at, anchor) = if negative { (end - 4.0, Anchor::End) } else { (end + 4.0, Anchor::Start) };
            if rect.height >= size * 0.75 {
                canvas.text_over(label, (at, y + size * 0.36), anchor, size, theme::MUTED);
            }
        } else {
            let end = panel.y(if negative { bar.to.min(low) } else { bar.to.max(high) });
            let baseline = if negative { end + size } else { end - 4.0 };
            if text::width(label, size) <= rect.width / 0.94 / 0.78 + 2.0 {
                canvas.text_over(label, (x, baseline), Anchor::Middle, size, theme::MUTED);
            }
        }
    }
}

interactive!(Bar);

impl Bar {
    fn shown(&self, _: Shared) -> Result<&Self, PlotError> {
        Ok(self)
    }

    fn vega(&self) -> Spec<'_> {
        let bars = self.bars().0;
        let row = |bar: &Drawn| json!({"name": self.names[bar.name], "value": bar.to - bar.from, "group": self.series[bar.series].name});
        let [x, y] = [&self.frame.x_label, &self.frame.y_label].map(|label| label.as_deref().unwrap_or_default());
        let (name_title, value_title) = if self.horizontal { (y, x) } else { (x, y) };
        let names = Channel { field: "name", kind: "nominal", title: name_title, log: false, range: None };
        let values = Channel { field: "value", kind: "quantitative", title: value_title, log: false, range: None };
        let lanes = if self.horizontal { "yOffset" } else { "xOffset" };
        let beside = self.together == Together::SideBySide && self.series.len() > 1;
        Spec {
            frame: &self.frame,
            mark: json!({"type": "bar", "tooltip": true}),
            x: if self.horizontal { values } else { names },
            y: if self.horizontal { names } else { values },
            heading: &self.heading,
            groups: self.series.iter().map(|series| series.name.clone()).collect(),
            rows: bars.iter().map(row).collect(),
            more: if beside { json!({lanes: {"field": "group", "sort": null}}) } else { json!({}) },
        }
    }
}

impl Draw for Bar {
    fn drawing(&self, _: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self))
    }
}

impl Drawing for Bar {
    fn natural_height(&self, width: f64) -> f64 {
        let panel = if self.horizontal {
            (self.band(width) * self.names.len() as f64).clamp(60.0, 6000.0)
        } else {
            PANEL_HEIGHT
        };
        self.plane().height(width, panel)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        let bars = self.bars().0;
        let decimals = self.decimals(&bars);
        for bar in bars {
            self.draw_bar(canvas, &panel, bar, decimals);
        }
        if self.horizontal {
            let zero = panel.x(0.0);
            panel.line(canvas, (zero, panel.rect.top), (zero, panel.rect.bottom()));
        } else {
            let zero = panel.y(0.0);
            panel.line(canvas, (panel.rect.left, zero), (panel.rect.right(), zero));
        }
        panel.refer(canvas);
    }

    /// A bar of text for each bar, up to 30.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("bar chart")];
        let (bars, _) = self.bars();
        let longest = bars.iter().map(|bar| (bar.to - bar.from).abs()).fold(f64::MIN_POSITIVE, f64::max);
        let names: Vec<String> = bars.iter().map(|bar| self.full_name(bar.name, bar.series)).collect();
        let name_width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
        let decimals = self.decimals(&bars);
        for (name, bar) in names.iter().zip(&bars).take(30) {
            let value = bar.to - bar.from;
            let blocks = "█".repeat((value.abs() / longest * 30.0).round() as usize);
            let label = self.label(value, decimals);
            let error = bar.error.map_or(String::new(), |(low, high)| {
                format!(" ({} to {})", self.label(low, decimals), self.label(high, decimals))
            });
            lines.push(format!("  {name:<name_width$}  {label:>10}{error}  {blocks}").trim_end().to_owned());
        }
        if bars.len() > 30 {
            lines.push(format!("  and {} more", thousands(bars.len() - 30)));
        }
        if bars.is_empty() {
            lines.push("  no values to show".into());
        }
        lines.extend(self.notes());
        lines.join("\n")
    }
}
