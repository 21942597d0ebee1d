//! From where to where data reach, and cutting lines at the edge of a panel.

use crate::canvas::Rect;

/// Limits of data along both axes; none where an axis has no numbers or nothing is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extent {
    pub(crate) x: Option<(f64, f64)>,
    pub(crate) y: Option<(f64, f64)>,
}

/// The least and greatest of some values, if there are any.
pub(crate) fn limits(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// Limits that hold both.
pub(crate) fn union(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}

/// Limits a little wider than the data, so that marks at the edge are whole.
pub(crate) fn padded((low, high): (f64, f64), log: bool) -> (f64, f64) {
    if log {
        let room = libm::exp(((libm::log(high) - libm::log(low)) * 0.04).max(0.05));
        return (low / room, high * room);
    }
    let room = (high - low) * 0.04;
    (low - room, high + room)
}

/// The parts of a line inside a rectangle (Liang and Barsky 1984, segment by segment).
pub(crate) fn clip(line: &[(f64, f64)], rect: Rect) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in line.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], rect) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts
}

/// The ends of the visible part of a segment.
type Segment = ((f64, f64), (f64, f64));

fn clip_segment(from: (f64, f64), to: (f64, f64), rect: Rect) -> Option<Segment> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut start, mut end) = (0.0f64, 1.0f64);
    let sides = [
        (-dx, from.0 - rect.left),
        (dx, rect.right() - from.0),
        (-dy, from.1 - rect.top),
        (dy, rect.bottom() - from.1),
    ];
    for (direction, distance) in sides {
        if direction == 0.0 && distance < 0.0 {
            return None;
        }
        if direction < 0.0 {
            start = start.max(distance / direction);
        } else if direction > 0.0 {
            end = end.min(distance / direction);
        }
    }
    let at = |t: f64| {
        if t == 0.0 {
            from
        } else if t == 1.0 {
            to
        } else {
            (from.0 + t * dx, from.1 + t * dy)
        }
    };
    (start <= end).then(|| (at(start), at(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_at_the_edges() {
        let rect = Rect::new(0.0, 0.0, 10.0, 10.0);
        let parts = clip(&[(-5.0, 5.0), (5.0, 5.0), (5.0, 20.0), (8.0, 20.0), (8.0, 5.0)], rect);
        assert_eq!(parts, [vec![(0.0, 5.0), (5.0, 5.0), (5.0, 10.0)], vec![(8.0, 10.0), (8.0, 5.0)]]);
    }
}
