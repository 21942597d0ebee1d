//! One transformation, its numbers drawn.

use crate::Fill;
use crate::warp::{Matrix, matrix, warp};
use std::ops::Range;

/// What happens to one picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transform {
    /// Degrees.
    pub(crate) rotation: f64,
    /// Pixels, along x and y.
    pub(crate) shift: [f64; 2],
    /// Degrees.
    pub(crate) shear: f64,
    /// Factors, along x and y.
    pub(crate) zoom: [f64; 2],
    pub(crate) horizontal_flip: bool,
    pub(crate) vertical_flip: bool,
    /// Of 255.
    pub(crate) channel_shift: f64,
    pub(crate) brightness: Option<f64>,
    pub(crate) fill: Fill,
    /// Whole pixels along y and x by which the result is cut out elsewhere.
    pub(crate) crop: [f64; 2],
    pub(crate) cutout: Option<Hole>,
}

/// Rows and columns that are cut out of a picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hole {
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Hole {
    /// A square around a pixel, as far as it lies within the picture.
    pub(crate) fn around(middle: [usize; 2], side: usize, size: [usize; 2]) -> Self {
        let [rows, columns] = [0, 1].map(|axis| {
            let end = middle[axis] + side - side / 2;
            middle[axis].saturating_sub(side / 2)..end.min(size[axis])
        });
        Self { rows, columns }
    }

    /// Makes its values 0, in a picture channels last.
    pub(crate) fn cut_out(&self, [_, width, channels]: [usize; 3], values: &mut [f32]) {
        for row in self.rows.clone() {
            values[row * width * channels..][self.columns.start * channels..self.columns.end * channels].fill(0.0);
        }
    }

    #[cfg(test)]
    pub(crate) fn rows_and_columns(&self) -> [Range<usize>; 2] {
        [self.rows.clone(), self.columns.clone()]
    }
}

impl Transform {
    /// Writes the transformed picture as values from 0 to 255.
    pub(crate) fn apply(&self, picture: &[u8], shape: [usize; 3], out: &mut [f32]) {
        warp(picture, shape, &self.matrix(shape), self.fill, out);
        if self.channel_shift != 0.0 {
            let shift = self.channel_shift as f32;
            let (low, high) = out.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
            out.iter_mut().for_each(|value| *value = (*value + shift).clamp(low, high));
        }
        if let Some(factor) = self.brightness {
            // Keras goes through eight-bit pictures here, Pillow's enhancer cuts off as well.
            let factor = factor as f32;
            out.iter_mut().for_each(|value| *value = (value.trunc() * factor).clamp(0.0, 255.0).trunc());
        }
    }

    /// Cropping comes last, and flips before it, so they are the first things on the way back from a pixel to its origin.
    fn matrix(&self, [height, width, _]: [usize; 3]) -> Matrix {
        let [mut a, mut b, mut x, mut c, mut d, mut y] =
            matrix(self.rotation, self.shift, self.shear, self.zoom, height, width);
        if self.horizontal_flip {
            let last = width as f64 - 1.0;
            (x, y, a, c) = (x + a * last, y + c * last, -a, -c);
        }
        if self.vertical_flip {
            let last = height as f64 - 1.0;
            (x, y, b, d) = (x + b * last, y + d * last, -b, -d);
        }
        let [down, right] = self.crop;
        (x, y) = (x + a * right + b * down, y + c * right + d * down);
        [a, b, x, c, d, y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `picture` in tests/fixtures/make.py.
    fn picture(height: usize, width: usize) -> Vec<u8> {
        let value = |y: usize, x: usize, c: usize| ((x * 7 + y * 13 + c * 50 + (x * y) % 11 * 9) % 256) as u8;
        (0..height * width * 3).map(|at| value(at / 3 / width, at / 3 % width, at % 3)).collect()
    }

    /// Changes nothing.
    fn still() -> Transform {
        Transform {
            rotation: 0.0,
            shift: [0.0; 2],
            shear: 0.0,
            zoom: [1.0; 2],
            horizontal_flip: false,
            vertical_flip: false,
            channel_shift: 0.0,
            brightness: None,
            fill: Fill::Nearest,
            crop: [0.0; 2],
            cutout: None,
        }
    }

    /// Cases of cropping.txt: a line of settings, a line of values.
    fn cropped(kind: &str) -> impl Iterator<Item = (Vec<&'static str>, Vec<f32>)> {
        let lines: Vec<&str> = include_str!("../tests/fixtures/cropping.txt").lines().collect();
        let case = |lines: &[&'static str]| {
            let words: Vec<&str> = lines[0].split(' ').collect();
            (words, lines[1].split(' ').map(|value| value.parse().unwrap()).collect())
        };
        let cases: Vec<_> = lines.chunks_exact(2).map(case).filter(|(words, _)| words[0] == kind).collect();
        assert!(cases.len() >= 4, "{kind}");
        cases.into_iter()
    }

    #[test]
    fn crops_are_cut_out_of_padded_pictures() {
        for (words, expected) in cropped("crop") {
            let number = |at: usize| words[at].parse::<f64>().unwrap();
            let fill = match words[1] {
                "edge" => Fill::Nearest,
                "symmetric" => Fill::Reflect,
                _ => Fill::Constant(90.0),
            };
            let mut out = vec![f32::NAN; expected.len()];
            Transform { crop: [number(2), number(3)], fill, ..still() }.apply(&picture(9, 12), [9, 12, 3], &mut out);
            assert_eq!(out, expected, "{words:?}");
        }
    }

    #[test]
    fn holes_are_those_of_keras() {
        for (words, expected) in cropped("hole") {
            let number = |at: usize| words[at].parse::<usize>().unwrap();
            let mut out: Vec<f32> = picture(9, 12).into_iter().map(f32::from).collect();
            Hole::around([number(1), number(2)], number(3), [9, 12]).cut_out([9, 12, 3], &mut out);
            assert_eq!(out, expected, "{words:?}");
        }
    }

    #[test]
    fn transformations_are_those_of_keras() {
        let text = include_str!("../tests/fixtures/augmentation.txt");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 26);
        for case in lines.chunks_exact(2) {
            let words: Vec<&str> = case[0].split(' ').collect();
            let number = |at: usize| words[at].parse::<f64>().unwrap();
            let transform = Transform {
                rotation: number(0),
                shift: [number(1), number(2)],
                shear: number(3),
                zoom: [number(4), number(5)],
                horizontal_flip: number(6) == 1.0,
                vertical_flip: number(7) == 1.0,
                channel_shift: number(8),
                brightness: (number(9) >= 0.0).then_some(number(9)),
                fill: match words[10] {
                    "nearest" => Fill::Nearest,
                    "constant" => Fill::Constant(number(11) as f32),
                    "reflect" => Fill::Reflect,
                    _ => Fill::Wrap,
                },
                crop: [0.0; 2],
                cutout: None,
            };
            let mut out = vec![0.0; 12 * 12 * 3];
            transform.apply(&picture(12, 12), [12, 12, 3], &mut out);
            let expected: Vec<f32> = case[1].split(' ').map(|value| value.parse().unwrap()).collect();
            // Through brightness values are cut to whole numbers: a rounding difference becomes 1, times the factor.
            let (tolerance, most) = if number(9) >= 0.0 { (2.0, 4) } else { (0.02, 0) };
            let differences = || out.iter().zip(&expected).map(|(left, right)| (left - right).abs());
            assert!(
                differences().all(|difference| difference <= tolerance),
                "{}: {:?}",
                case[0],
                differences().fold(0.0, f32::max)
            );
            assert!(differences().filter(|difference| *difference > 0.02).count() <= most, "{}", case[0]);
        }
    }

    #[test]
    fn middle_of_wide_pictures() {
        // Half a turn is both flips, whatever the shape.
        let (wide, mut turned, mut flipped) = (picture(6, 11), vec![0.0; 198], vec![0.0; 198]);
        let still = still();
        Transform { rotation: 180.0, ..still.clone() }.apply(&wide, [6, 11, 3], &mut turned);
        Transform { horizontal_flip: true, vertical_flip: true, ..still }.apply(&wide, [6, 11, 3], &mut flipped);
        assert!(turned.iter().zip(&flipped).all(|(left, right)| (left - right).abs() < 0.01));
    }
}
