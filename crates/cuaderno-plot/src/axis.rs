//! Axes: ticks with labels that neither overlap nor get cut.

use crate::scale::{Scale, Tick};
use crate::{text, theme};

const SIZE: f64 = theme::TICK_SIZE;

/// An axis before it has a place.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) scale: Scale,
    /// The axis title, with unit.
    pub(crate) title: String,
    /// Names of the bands, for band scales.
    pub(crate) bands: Vec<String>,
    /// Whether to draw lines through the panel at ticks.
    pub(crate) grid: bool,
    /// Whether only whole numbers make sense: counts, epochs.
    pub(crate) whole: bool,
    /// Whether shares are written as percent.
    pub(crate) percent: bool,
}

/// Labels of an axis, ready to draw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    /// Place along the axis from 0 to 1, and lines of text.
    pub(crate) marks: Vec<(f64, Vec<String>)>,
    /// Whether the text reads upwards.
    pub(crate) upwards: bool,
    /// Room the labels need across the axis.
    pub(crate) room: f64,
    /// If labels had to be left out: how to say so.
    pub(crate) note: Option<String>,
}

impl Axis {
    pub(crate) fn new(scale: Scale, title: impl Into<String>) -> Self {
        Self { scale, title: title.into(), bands: Vec::new(), grid: true, whole: false, percent: false }
    }

    pub(crate) fn of_bands(names: Vec<String>, title: impl Into<String>) -> Self {
        // An author without a name is still someone.
        let name_shown = |name: String| if name.trim().is_empty() { "(empty)".to_owned() } else { name };
        let names: Vec<String> = names.into_iter().map(name_shown).collect();
        Self { bands: names.clone(), grid: false, ..Self::new(Scale::bands(names.len()), title) }
    }

    /// One band that needs no name.
    pub(crate) fn of_one(title: impl Into<String>) -> Self {
        Self { bands: vec![" ".to_owned()], grid: false, ..Self::new(Scale::bands(1), title) }
    }

    /// The same axis with shares written as percent.
    pub(crate) fn percent_if(self, percent: bool) -> Self {
        Self { percent, ..self }
    }

    /// The same axis with ticks at whole numbers only.
    pub(crate) fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// The same axis with ticks at whole numbers only, if all data are whole.
    pub(crate) fn whole_if(self, mut data: impl Iterator<Item = f64>) -> Self {
        if data.all(|value| value.fract() == 0.0) { self.whole() } else { self }
    }

    fn ticks(&self, wanted: usize) -> Vec<Tick> {
        match self.scale {
            Scale::Linear { low, high } if self.whole => {
                self.scale.ticks(wanted.min((high - low).floor().max(1.0) as usize))
            }
            Scale::Linear { low, high } if self.percent => {
                let ticks = Scale::linear(100.0 * low, 100.0 * high).ticks(wanted).into_iter();
                ticks.map(|tick| Tick { label: format!("{} %", tick.label), ..tick }).collect()
            }
            scale => scale.ticks(wanted),
        }
    }

    /// Labels for a horizontal axis of this length.
    pub(crate) fn horizontal(&self, length: f64) -> Labels {
        if !self.bands.is_empty() {
            return self.bands_below(length);
        }
        let mut wanted = (length / 45.0).floor().clamp(2.0, 12.0) as usize;
        loop {
            let ticks = self.ticks(wanted);
            if wanted <= 2 || fit(&ticks, length) {
                let mut marks = lines_of(ticks);
                drop_overlapping(&mut marks, length);
                let lines = marks.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
                return Labels { marks, room: lines as f64 * text::line_height(SIZE) + 4.0, ..Labels::default() };
            }
            wanted -= 1;
        }
    }

    /// Labels for a vertical axis of this length; names of bands may take up to `most` pixels across.
    pub(crate) fn vertical(&self, length: f64, most: f64) -> Labels {
        if self.bands.is_empty() {
            let marks = lines_of(self.ticks((length / 40.0).floor().clamp(2.0, 10.0) as usize));
            let room = marks.iter().map(|(_, lines)| text::block_width(lines, SIZE)).fold(0.0, f64::max);
            return Labels { marks, room, ..Labels::default() };
        }
        let names: Vec<_> = self.bands.iter().map(|name| text::wrap(name, SIZE, most)).collect();
        let room = names.iter().map(|lines| text::block_width(lines, SIZE)).fold(0.0, f64::max);
        let needed = names.iter().map(Vec::len).max().unwrap_or(1) as f64 * text::line_height(SIZE);
        let every = self.every(needed, length);
        Labels { marks: self.mark(names, every), room, note: skipped(every), upwards: false }
    }

    /// Names under their bands: in a few short lines if they fit, else upwards.
    fn bands_below(&self, length: f64) -> Labels {
        let band = length / self.bands.len() as f64;
        let line = text::line_height(SIZE);
        let word_fits = |name: &String| {
            text::wrap(name, SIZE, f64::INFINITY)
                .iter()
                .flat_map(|line| line.split_whitespace())
                .all(|word| text::width(word, SIZE) <= band - 8.0)
        };
        let wrapped: Vec<_> = self.bands.iter().map(|name| text::wrap(name, SIZE, band - 8.0)).collect();
        let most = wrapped.iter().map(Vec::len).max().unwrap_or(1);
        if self.bands.iter().all(word_fits) && most <= 3 {
            return Labels { marks: self.mark(wrapped, 1), room: most as f64 * line + 4.0, ..Labels::default() };
        }
        // Two or more lines upwards only where the band is wide enough for them.
        let breadth = if band >= 2.0 * line { 190.0 } else { f64::INFINITY };
        let upright: Vec<_> = self.bands.iter().map(|name| text::wrap(name, SIZE, breadth)).collect();
        let fitting = upright.iter().all(|lines| lines.len() as f64 * line <= band);
        let upright = if fitting { upright } else { self.bands.iter().map(|name| vec![text::clean(name)]).collect() };
        let every = self.every(line, length);
        let marks = self.mark(upright, every);
        let room = marks.iter().map(|(_, lines)| text::block_width(lines, SIZE)).fold(0.0, f64::max) + 6.0;
        Labels { marks, upwards: true, room, note: skipped(every) }
    }

    fn mark(&self, names: Vec<Vec<String>>, every: usize) -> Vec<(f64, Vec<String>)> {
        names.into_iter().enumerate().step_by(every).map(|(i, lines)| (self.scale.place(i as f64), lines)).collect()
    }

    /// Every how manyth label has room, if one needs this much along the axis.
    fn every(&self, needed: f64, length: f64) -> usize {
        let band = length / self.bands.len().max(1) as f64;
        if needed <= band + 0.5 { 1 } else { (needed / band.max(0.01)).ceil() as usize }
    }
}

fn skipped(every: usize) -> Option<String> {
    let ending = match every {
        1 => return None,
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    Some(format!("every {every}{ending} name shown on the axis"))
}

fn lines_of(ticks: Vec<Tick>) -> Vec<(f64, Vec<String>)> {
    ticks.into_iter().map(|tick| (tick.place, tick.label.split('\n').map(str::to_owned).collect())).collect()
}

/// Whether labels stand apart, not counting their second lines (see [`drop_overlapping`]).
fn fit(ticks: &[Tick], length: f64) -> bool {
    let first_line = |tick: &Tick| text::width(tick.label.split('\n').next().unwrap_or(""), SIZE);
    ticks.windows(2).all(|pair| {
        let apart = (pair[1].place - pair[0].place) * length;
        apart >= (first_line(&pair[0]) + first_line(&pair[1])) / 2.0 + 10.0
    })
}

/// Takes away labels, or second lines of them, that would run into an earlier one. The tick stays.
fn drop_overlapping(marks: &mut [(f64, Vec<String>)], length: f64) {
    let mut ends: Vec<f64> = Vec::new();
    for (place, lines) in marks {
        for (row, line) in lines.iter_mut().enumerate() {
            let half = text::width(line, SIZE) / 2.0;
            if ends.len() <= row {
                ends.push(f64::NEG_INFINITY);
            }
            if *place * length - half < ends[row] + 6.0 {
                line.clear();
            } else {
                ends[row] = *place * length + half;
            }
        }
    }
}
