//! Random transformations of training pictures.

use crate::random::Random;
use crate::scaling::Scaler;
use crate::transform::{Hole, Transform};
use crate::{Fill, ImagesError};
use cuaderno_display::{MimeBundle, Rich};
use std::fmt;

/// Settings of random transformations: the parameters of Keras's `ImageDataGenerator`, with the same meaning. Nothing is on at
/// first.
///
/// ```
/// use cuaderno_images::Augmentation;
///
/// let augmentation = Augmentation::new().rotation(28.0).width_shift(0.2).height_shift(0.2).shear(0.15).zoom(0.15).horizontal_flip();
/// ```
///
/// What a picture looks like depends on the seed, its index and the epoch, and on nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Augmentation {
    rotation: f64,
    width_shift: f64,
    height_shift: f64,
    shear: f64,
    zoom: [f64; 2],
    channel_shift: f64,
    brightness: Option<[f64; 2]>,
    horizontal_flip: bool,
    vertical_flip: bool,
    fill: Fill,
    samplewise_center: bool,
    samplewise_deviation: bool,
    random_crop: usize,
    cutout: f64,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self::new()
    }
}

impl Augmentation {
    /// Everything off; beyond the edges the nearest pixel.
    pub fn new() -> Self {
        Self {
            rotation: 0.0,
            width_shift: 0.0,
            height_shift: 0.0,
            shear: 0.0,
            zoom: [1.0, 1.0],
            channel_shift: 0.0,
            brightness: None,
            horizontal_flip: false,
            vertical_flip: false,
            fill: Fill::Nearest,
            samplewise_center: false,
            samplewise_deviation: false,
            random_crop: 0,
            cutout: 0.0,
        }
    }

    /// Turns by up to this many degrees, either way.
    #[doc(alias = "rotation_range")]
    pub fn rotation(mut self, degrees: f64) -> Self {
        self.rotation = degrees;
        self
    }

    /// Moves left or right by up to this fraction of the width; from 1 on, by up to this many pixels.
    #[doc(alias = "width_shift_range")]
    pub fn width_shift(mut self, fraction: f64) -> Self {
        self.width_shift = fraction;
        self
    }

    /// Moves up or down by up to this fraction of the height; from 1 on, by up to this many pixels.
    #[doc(alias = "height_shift_range")]
    pub fn height_shift(mut self, fraction: f64) -> Self {
        self.height_shift = fraction;
        self
    }

    /// Shears by up to this many degrees, either way. Degrees, as in Keras: the 0.15 of many notebooks is next to nothing.
    #[doc(alias = "shear_range")]
    pub fn shear(mut self, degrees: f64) -> Self {
        self.shear = degrees;
        self
    }

    /// Scales each axis by a factor of its own between `1 - amount` and `1 + amount`; a factor below 1 brings the picture closer.
    #[doc(alias = "zoom_range")]
    pub fn zoom(self, amount: f64) -> Self {
        self.zoom_between(1.0 - amount, 1.0 + amount)
    }

    /// Scales each axis by a factor of its own between these two.
    pub fn zoom_between(mut self, low: f64, high: f64) -> Self {
        self.zoom = [low, high];
        self
    }

    /// Adds one value of up to this amount (of 255), either way, to all channels, kept within what the picture has.
    #[doc(alias = "channel_shift_range")]
    pub fn channel_shift(mut self, amount: f64) -> Self {
        self.channel_shift = amount;
        self
    }

    /// Multiplies by a factor between these two: below 1 darker, above 1 brighter.
    #[doc(alias = "brightness_range")]
    pub fn brightness(mut self, low: f64, high: f64) -> Self {
        self.brightness = Some([low, high]);
        self
    }

    /// Mirrors left and right, in half of the cases.
    pub fn horizontal_flip(mut self) -> Self {
        self.horizontal_flip = true;
        self
    }

    /// Mirrors top and bottom, in half of the cases.
    pub fn vertical_flip(mut self) -> Self {
        self.vertical_flip = true;
        self
    }

    /// What is seen beyond the edges.
    #[doc(alias = "fill_mode")]
    pub fn fill(mut self, fill: Fill) -> Self {
        self.fill = fill;
        self
    }

    /// Subtracts from each picture its own mean, after scaling.
    pub fn samplewise_center(mut self) -> Self {
        self.samplewise_center = true;
        self
    }

    /// Subtracts from each picture its own mean and divides it by its own standard deviation, after scaling. As Keras's, it
    /// switches [`samplewise_center`](Self::samplewise_center) on.
    pub fn samplewise_std_normalization(mut self) -> Self {
        self.samplewise_deviation = true;
        self.samplewise_center()
    }

    /// Puts so many pixels around the picture and cuts one of its old size out of that, anywhere: a shift by whole pixels (He and
    /// others, Deep Residual Learning, 2015, with 4 pixels for CIFAR). What lies around it is what [`fill`](Self::fill) says; torchvision's
    /// `RandomCrop(size, padding)` has black, `.fill(Fill::Constant(0.0))`.
    pub fn random_crop(mut self, padding: usize) -> Self {
        self.random_crop = padding;
        self
    }

    /// Cuts a square out of every picture, its middle anywhere, so that a part of it may lie beyond the edge (DeVries and Taylor,
    /// Improved Regularization with Cutout, 2017): of so many pixels a side, below 1 of this fraction of the shorter side. What is cut out is 0
    /// after scaling and normalization: black, or the mean colour of pictures that are normalized.
    #[doc(alias = "RandomErasing")]
    pub fn cutout(mut self, side: f64) -> Self {
        self.cutout = side;
        self
    }

    /// Without the normalization of each picture, to look at it.
    pub(crate) fn without_normalization(&self) -> Self {
        Self { samplewise_center: false, samplewise_deviation: false, ..self.clone() }
    }

    /// # Errors
    /// [`ImagesError::Setting`] for the first setting out of its range.
    pub(crate) fn check(&self) -> Result<(), ImagesError> {
        let error = |setting, value: String, expected| Err(ImagesError::Setting { setting, value, expected });
        let amounts = [
            ("rotation", self.rotation),
            ("width_shift", self.width_shift),
            ("height_shift", self.height_shift),
            ("shear", self.shear),
            ("channel_shift", self.channel_shift),
            ("cutout", self.cutout),
        ];
        for (setting, value) in amounts {
            if !(value.is_finite() && value >= 0.0) {
                return error(setting, value.to_string(), "a number from 0 on");
            }
        }
        let is_range = |[low, high]: [f64; 2], least: f64| low >= least && high >= low && high.is_finite();
        if !is_range(self.zoom, f64::MIN_POSITIVE) {
            return error("zoom", format!("{:?}", self.zoom), "factors above 0, the smaller one first");
        }
        if let Some(brightness) = self.brightness
            && !is_range(brightness, 0.0)
        {
            return error("brightness", format!("{brightness:?}"), "factors from 0 on, the smaller one first");
        }
        if let Fill::Constant(value) = self.fill
            && !(0.0..=255.0).contains(&value)
        {
            return error("fill", value.to_string(), "a constant from 0 to 255");
        }
        Ok(())
    }

    /// Draws what happens to a picture of this size, in Keras's order of drawing.
    pub(crate) fn draw(&self, random: &mut Random, [height, width]: [usize; 2]) -> Transform {
        let mut around = |amount: f64| (2.0 * random.unit() - 1.0) * amount;
        let pixels = |amount: f64, length: usize| if amount < 1.0 { amount * length as f64 } else { amount };
        let rotation = around(self.rotation);
        let shift_y = around(pixels(self.height_shift, height));
        let shift_x = around(pixels(self.width_shift, width));
        let shear = around(self.shear);
        let mut between = |[low, high]: [f64; 2]| low + (high - low) * random.unit();
        let zoom = [between(self.zoom), between(self.zoom)];
        let horizontal_flip = random.unit() < 0.5 && self.horizontal_flip;
        let vertical_flip = random.unit() < 0.5 && self.vertical_flip;
        let channel_shift = (2.0 * random.unit() - 1.0) * self.channel_shift;
        let brightness = self.brightness.map(|[low, high]| low + (high - low) * random.unit());
        // Drawn last, and only where they are on: what came before has the numbers that it always had.
        let mut offset = || (self.random_crop > 0).then(|| random.below(2 * self.random_crop + 1));
        let crop = [offset(), offset()].map(|offset| offset.map_or(0.0, |to| to as f64 - self.random_crop as f64));
        let side = pixels(self.cutout, height.min(width)).round() as usize;
        let cutout =
            (side > 0).then(|| Hole::around([random.below(height), random.below(width)], side, [height, width]));
        Transform {
            rotation,
            shift: [shift_x, shift_y],
            shear,
            zoom,
            horizontal_flip,
            vertical_flip,
            channel_shift,
            brightness,
            fill: self.fill,
            crop,
            cutout,
        }
    }

    /// Writes a picture, transformed at random and scaled; returns what is still to be cut out of it.
    pub(crate) fn write(
        &self,
        picture: &[u8],
        shape: [usize; 3],
        random: &mut Random,
        scaler: &Scaler,
        out: &mut [f32],
    ) -> Option<Hole> {
        let transform = self.draw(random, [shape[0], shape[1]]);
        transform.apply(picture, shape, out);
        scaler.scale_values(out);
        self.normalize_sample(out);
        transform.cutout
    }

    /// Whether each picture is centred, and whether it is divided by its deviation.
    pub(crate) fn samplewise(&self) -> [bool; 2] {
        [self.samplewise_center, self.samplewise_deviation]
    }

    /// As `standardize` in keras/src/legacy/preprocessing/image.py.
    pub(crate) fn normalize_sample(&self, values: &mut [f32]) {
        let mean = |values: &[f32]| (values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64) as f32;
        if self.samplewise_center {
            let mean = mean(values);
            values.iter_mut().for_each(|value| *value -= mean);
        }
        if self.samplewise_deviation {
            let mean = mean(values);
            let squares = values.iter().map(|&value| f64::from(value - mean).powi(2)).sum::<f64>();
            let deviation = (squares / values.len() as f64).sqrt() as f32 + 1e-6;
            values.iter_mut().for_each(|value| *value /= deviation);
        }
    }
}

/// What is on, in Keras's order: `rotation 10°, zoom 0.8 to 1.2, horizontal flip`.
impl fmt::Display for Augmentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let amounts = [
            ("rotation", self.rotation, "°"),
            ("width shift", self.width_shift, ""),
            ("height shift", self.height_shift, ""),
            ("shear", self.shear, "°"),
            ("channel shift", self.channel_shift, ""),
            ("random crop", self.random_crop as f64, " pixels"),
            ("cutout", self.cutout, ""),
        ];
        parts.extend(
            amounts.iter().filter(|amount| amount.1 != 0.0).map(|(name, by, unit)| format!("{name} {by}{unit}")),
        );
        let ranges = [("zoom", Some(self.zoom).filter(|zoom| *zoom != [1.0; 2])), ("brightness", self.brightness)];
        parts.extend(
            ranges.iter().filter_map(|(name, range)| range.map(|[low, high]| format!("{name} {low} to {high}"))),
        );
        let switches = [
            ("horizontal flip", self.horizontal_flip),
            ("vertical flip", self.vertical_flip),
            ("each picture centred", self.samplewise_center),
            ("each picture divided by its deviation", self.samplewise_deviation),
        ];
        parts.extend(switches.iter().filter(|switch| switch.1).map(|(name, _)| (*name).to_owned()));
        f.write_str(&if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") })
    }
}

impl Rich for Augmentation {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_is_taken_from_centred_values() {
        // keras 3.15.1: ImageDataGenerator(samplewise_std_normalization=True)
        //     .standardize(np.arange(10., 130., 10.).reshape(2, 2, 3).astype("float32"))
        let mut values: Vec<f32> = (1..=12).map(|i| 10.0 * i as f32).collect();
        Augmentation::new().samplewise_std_normalization().normalize_sample(&mut values);
        for (value, expected) in values.iter().zip([-1.593_255, -1.303_572, -1.013_889]) {
            assert!((value - expected).abs() < 2e-6, "{values:?}");
        }
        assert!((values[11] - 1.593_255).abs() < 2e-6, "{values:?}");
    }

    #[test]
    fn draws_stay_within_their_ranges() {
        let augmentation = Augmentation::new()
            .rotation(30.0)
            .width_shift(0.2)
            .height_shift(5.0)
            .shear(10.0)
            .zoom(0.3)
            .channel_shift(20.0)
            .brightness(0.5, 1.5)
            .horizontal_flip()
            .random_crop(4)
            .cutout(0.25);
        let mut flips = 0;
        for seed in 0..1000 {
            let transform = augmentation.draw(&mut Random::new(&[seed]), [40, 50]);
            assert!(transform.rotation.abs() <= 30.0 && transform.shear.abs() <= 10.0);
            assert!(transform.shift[0].abs() <= 10.0 && transform.shift[1].abs() <= 5.0);
            assert!(transform.zoom.iter().all(|zoom| (0.7..=1.3).contains(zoom)));
            assert!(transform.channel_shift.abs() <= 20.0 && (0.5..=1.5).contains(&transform.brightness.unwrap()));
            assert!(!transform.vertical_flip);
            assert!(transform.crop.iter().all(|crop| crop.abs() <= 4.0 && crop.fract() == 0.0));
            let [rows, columns] = transform.cutout.as_ref().unwrap().rows_and_columns();
            assert!(
                (5..=10).contains(&rows.len())
                    && (5..=10).contains(&columns.len())
                    && rows.end <= 40
                    && columns.end <= 50
            );
            flips += usize::from(transform.horizontal_flip);
        }
        assert!((400..600).contains(&flips));
    }
}
