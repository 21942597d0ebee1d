//! Taking a picture through an affine map, bilinear, as `scipy.ndimage.affine_transform(order=1)` does.

/// What is seen beyond the edge of a picture whose pixels are `a b c d`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Fill {
    /// The pixel at the edge: `a a a | a b c d | d d d`. Keras's default.
    #[default]
    Nearest,
    /// One value, 0 to 255: `k k k | a b c d | k k k`.
    Constant(f32),
    /// The picture in a mirror: `c b a | a b c d | d c b`.
    Reflect,
    /// The picture again: `b c d | a b c d | a b c`. As in scipy, the last pixel of one and the first of the next share a place.
    Wrap,
}

impl Fill {
    /// A coordinate beyond the edge, brought back into `0..=length - 1`; none where a constant is seen.
    /// Formulas of `map_coordinate` in scipy/ndimage/src/ni_interpolation.c.
    fn map(self, at: f32, length: usize) -> Option<f32> {
        let last = length as f32 - 1.0;
        if (0.0..=last).contains(&at) {
            return Some(at);
        }
        if length == 1 {
            return (!matches!(self, Self::Constant(_))).then_some(0.0);
        }
        match self {
            Self::Nearest => Some(at.clamp(0.0, last)),
            Self::Constant(_) => None,
            Self::Reflect => {
                let period = 2.0 * length as f32;
                let at = (at + 0.5).rem_euclid(period);
                let mirrored = if at > length as f32 { period - at } else { at };
                Some((mirrored - 0.5).clamp(0.0, last))
            }
            Self::Wrap if at < 0.0 => Some((at + last * ((-at / last).floor() + 1.0)).clamp(0.0, last)),
            Self::Wrap => Some((at - last * (at / last).floor()).clamp(0.0, last)),
        }
    }

    fn constant(self) -> f32 {
        match self {
            Self::Constant(value) => value,
            _ => 0.0,
        }
    }
}

/// `x' = m[0] x + m[1] y + m[2]`, `y' = m[3] x + m[4] y + m[5]`: from a pixel of the result to the place in the picture it is
/// taken from; x counts columns, y rows.
pub(crate) type Matrix = [f64; 6];

/// Writes the picture (`[height, width, channels]` bytes) as seen through the matrix, as values from 0 to 255.
pub(crate) fn warp(picture: &[u8], shape: [usize; 3], matrix: &Matrix, fill: Fill, out: &mut [f32]) {
    // Four channels at a time at most, so that the inner loop has a fixed length.
    let channels = shape[2];
    match channels {
        1 => warp_channels::<1>(picture, shape, 0, matrix, fill, out),
        3 => warp_channels::<3>(picture, shape, 0, matrix, fill, out),
        _ => {
            let fours = channels / 4 * 4;
            (0..fours).step_by(4).for_each(|first| warp_channels::<4>(picture, shape, first, matrix, fill, out));
            (fours..channels).for_each(|first| warp_channels::<1>(picture, shape, first, matrix, fill, out));
        }
    }
}

fn warp_channels<const C: usize>(
    picture: &[u8],
    [height, width, channels]: [usize; 3],
    first: usize,
    matrix: &Matrix,
    fill: Fill,
    out: &mut [f32],
) {
    let [xx, xy, x0, yx, yy, y0] = *matrix;
    let (step_x, step_y) = (xx as f32, yx as f32);
    let (last_x, last_y) = (width as f32 - 1.0, height as f32 - 1.0);
    // The second of two neighbours; a picture of one row or column has none, and its weight is 0 then.
    let (right, below) = (if width > 1 { channels } else { 0 }, if height > 1 { width * channels } else { 0 });
    let (limit_x, limit_y) = (width.saturating_sub(2), height.saturating_sub(2));
    let pixel_at = |place: usize| -> [f32; C] {
        picture[place..].first_chunk::<C>().expect("a pixel within the picture").map(f32::from)
    };
    let sample = |x: f32, y: f32| -> [f32; C] {
        // Coordinates are small and not negative: by way of i32 the conversion is a single instruction.
        let (column, row) = ((x as i32 as usize).min(limit_x), (y as i32 as usize).min(limit_y));
        let (tx, ty) = (x - column as i32 as f32, y - row as i32 as f32);
        let place = (row * width + column) * channels + first;
        let (a, b) = (pixel_at(place), pixel_at(place + right));
        let (c, d) = (pixel_at(place + below), pixel_at(place + below + right));
        std::array::from_fn(|channel| {
            let upper = a[channel] + (b[channel] - a[channel]) * tx;
            let lower = c[channel] + (d[channel] - c[channel]) * tx;
            upper + (lower - upper) * ty
        })
    };
    for (row, line) in out.chunks_exact_mut(width * channels).enumerate() {
        let start_x = (xy * row as f64 + x0) as f32;
        let start_y = (yy * row as f64 + y0) as f32;
        for (column, pixel) in line.chunks_exact_mut(channels).enumerate() {
            let (x, y) = (start_x + step_x * column as i32 as f32, start_y + step_y * column as i32 as f32);
            let values = if fill == Fill::Nearest {
                sample(x.clamp(0.0, last_x), y.clamp(0.0, last_y))
            } else {
                match (fill.map(x, width), fill.map(y, height)) {
                    (Some(x), Some(y)) => sample(x, y),
                    _ => [fill.constant(); C],
                }
            };
            pixel[first..first + C].copy_from_slice(&values);
        }
    }
}

/// Several maps as one, about the middle of the picture, as Keras composes them: rotation, shift, shear, zoom.
///
/// Formula of `apply_affine_transform` in keras/src/legacy/preprocessing/image.py, for square pictures number by number; Keras
/// takes height for width when it computes the middle of others, here the middle is the middle.
pub(crate) fn matrix(
    rotation: f64,
    shift: [f64; 2],
    shear: f64,
    zoom: [f64; 2],
    height: usize,
    width: usize,
) -> Matrix {
    let (sin, cos) = libm::sincos(rotation.to_radians());
    let (shear_sin, shear_cos) = libm::sincos(shear.to_radians());
    let [shift_x, shift_y] = shift;
    let [zoom_x, zoom_y] = zoom;
    // rotation * shear * zoom; the shift comes in between, so it is turned, but not sheared.
    let (a, b) = (cos * zoom_x, (-cos * shear_sin - sin * shear_cos) * zoom_y);
    let (c, d) = (sin * zoom_x, (-sin * shear_sin + cos * shear_cos) * zoom_y);
    let (x, y) = (cos * shift_x - sin * shift_y, sin * shift_x + cos * shift_y);
    let (middle_x, middle_y) = (width as f64 / 2.0 - 0.5, height as f64 / 2.0 - 0.5);
    [a, b, x + middle_x - a * middle_x - b * middle_y, c, d, y + middle_y - c * middle_x - d * middle_y]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: [u8; 4] = [10, 20, 30, 40];

    fn shifted(fill: Fill, shift: f64) -> Vec<f32> {
        let mut out = vec![0.0; 4];
        warp(&PICTURE, [1, 4, 1], &matrix(0.0, [shift, 0.0], 0.0, [1.0, 1.0], 1, 4), fill, &mut out);
        out
    }

    #[test]
    fn fills_are_those_of_scipy() {
        // scipy 1.17.1: scipy.ndimage.shift([10., 20, 30, 40], s, order=1, mode=m, cval=7) for s in (3, -2.5)
        assert_eq!(shifted(Fill::Nearest, -3.0), [10.0, 10.0, 10.0, 10.0]);
        assert_eq!(shifted(Fill::Constant(7.0), -3.0), [7.0, 7.0, 7.0, 10.0]);
        assert_eq!(shifted(Fill::Reflect, -3.0), [30.0, 20.0, 10.0, 10.0]);
        assert_eq!(shifted(Fill::Wrap, -3.0), [40.0, 20.0, 30.0, 10.0]);
        assert_eq!(shifted(Fill::Nearest, 2.5), [35.0, 40.0, 40.0, 40.0]);
        assert_eq!(shifted(Fill::Constant(7.0), 2.5), [35.0, 7.0, 7.0, 7.0]);
        assert_eq!(shifted(Fill::Reflect, 2.5), [35.0, 40.0, 35.0, 25.0]);
        assert_eq!(shifted(Fill::Wrap, 2.5), [35.0, 15.0, 25.0, 35.0]);
    }
}
