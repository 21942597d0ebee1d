//! A small canvas: smooth shapes, textures, noise.

use super::random::Random;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// Red, green, blue in 0..=1.
pub type Colour = [f64; 3];

/// A colour from hue, saturation and value, each in 0..=1; the hue wraps.
pub fn hsv(hue: f64, saturation: f64, value: f64) -> Colour {
    [5.0, 3.0, 1.0].map(|offset| {
        let k = (offset + libm::floor(hue * 6.0 * 1e6) / 1e6).rem_euclid(6.0);
        value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0)
    })
}

/// What can be drawn. Sizes are relative to a radius of 1.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Disc,
    Ring,
    Cross,
    Moon,
    Bar,
    /// This many straight sides.
    Polygon(u32),
    /// This many points.
    Star(u32),
    /// This many round lobes.
    Lobes(u32),
}

impl Shape {
    /// About the distance of a point to the outline, negative inside.
    fn distance(self, x: f64, y: f64) -> f64 {
        let length = libm::hypot(x, y);
        let turn = libm::atan2(y, x) / std::f64::consts::TAU;
        match self {
            Self::Disc => length - 1.0,
            Self::Ring => (length - 0.75).abs() - 0.22,
            Self::Cross => (x.abs() - 1.0).max(y.abs() - 0.32).min((y.abs() - 1.0).max(x.abs() - 0.32)),
            Self::Moon => (length - 1.0).max(0.75 - libm::hypot(x - 0.55, y)),
            Self::Bar => (x.abs() - 1.1).max(y.abs() - 0.35),
            Self::Polygon(sides) => {
                let sector = (turn * f64::from(sides)).rem_euclid(1.0) - 0.5;
                let angle = std::f64::consts::TAU / f64::from(sides);
                length * libm::cos(sector * angle) - libm::cos(angle / 2.0)
            }
            Self::Star(points) => {
                let sector = ((turn * f64::from(points)).rem_euclid(1.0) - 0.5).abs() * 2.0;
                length - (0.4 + 0.6 * sector)
            }
            Self::Lobes(lobes) => length - (0.68 + 0.3 * libm::cos(turn * f64::from(lobes) * std::f64::consts::TAU)),
        }
    }
}

/// A picture being drawn.
pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// One colour all over.
    pub fn new(width: usize, height: usize, colour: Colour) -> Self {
        Self { width, height, pixels: vec![colour; width * height] }
    }

    /// Mixes a colour in; `amount` in 0..=1 for each point, given in pixels.
    pub fn blend(&mut self, colour: Colour, amount: impl Fn(f64, f64) -> f64) {
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = ((index % self.width) as f64 + 0.5, (index / self.width) as f64 + 0.5);
            let amount = amount(x, y).clamp(0.0, 1.0);
            for channel in 0..3 {
                pixel[channel] += (colour[channel] - pixel[channel]) * amount;
            }
        }
    }

    /// A shape with its centre, radius (pixels), turn (in full turns) and opacity.
    pub fn shape(&mut self, shape: Shape, centre: (f64, f64), radius: f64, turn: f64, colour: Colour, opacity: f64) {
        let (sin, cos) = libm::sincos(turn * std::f64::consts::TAU);
        self.blend(colour, |x, y| {
            let (x, y) = ((x - centre.0) / radius, (y - centre.1) / radius);
            if x * x + y * y > 6.0 {
                return 0.0;
            }
            let distance = shape.distance(x * cos + y * sin, y * cos - x * sin) * radius;
            (0.5 - distance).clamp(0.0, 1.0) * opacity
        });
    }

    /// From one colour at the top to another at the bottom.
    pub fn gradient(&mut self, bottom: Colour) {
        let height = self.height as f64;
        self.blend(bottom, |_, y| y / height);
    }

    /// Stripes of this period (pixels) and turn.
    pub fn stripes(&mut self, colour: Colour, period: f64, turn: f64, opacity: f64) {
        let (sin, cos) = libm::sincos(turn * std::f64::consts::TAU);
        self.blend(colour, |x, y| (0.5 + libm::sin((x * cos + y * sin) / period * std::f64::consts::TAU)) * opacity);
    }

    /// Dots on a grid of this period (pixels).
    pub fn dots(&mut self, colour: Colour, period: f64, opacity: f64) {
        self.blend(colour, |x, y| {
            let (x, y) = (x.rem_euclid(period) - period / 2.0, y.rem_euclid(period) - period / 2.0);
            (period * 0.25 - libm::hypot(x, y) + 0.5) * opacity
        });
    }

    /// Noise of this standard deviation, the same in all channels.
    pub fn noise(&mut self, random: &mut Random, deviation: f64) {
        for pixel in &mut self.pixels {
            let noise = random.normal() * deviation;
            for channel in pixel.iter_mut() {
                *channel += noise;
            }
        }
    }

    /// Bytes, channels last.
    pub fn rgb(&self) -> Vec<u8> {
        self.pixels.iter().flatten().map(|value| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8).collect()
    }

    /// Bytes, one channel after the other, as CIFAR's binary records want them.
    pub fn planar(&self) -> Vec<u8> {
        let rgb = self.rgb();
        (0..3).flat_map(|channel| rgb[channel..].iter().step_by(3).copied()).collect()
    }

    /// As a JPEG file; quality from 1 to 100.
    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality)
            .write_image(&self.rgb(), self.width as u32, self.height as u32, ExtendedColorType::Rgb8)
            .expect("a canvas fits into a JPEG");
        file
    }

    /// As a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Sub)
            .write_image(&self.rgb(), self.width as u32, self.height as u32, ExtendedColorType::Rgb8)
            .expect("a canvas fits into a PNG");
        file
    }
}
