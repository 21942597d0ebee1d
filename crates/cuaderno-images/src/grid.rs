//! Pictures side by side.

use crate::random::Random;
use crate::set::escape;
use crate::{ImageSet, Picture};
use base64::{Engine, engine::general_purpose::STANDARD};
use cuaderno_display::{MimeBundle, Rich};
use image::{ImageFormat, RgbImage, imageops};
use std::io::Cursor;

/// A figure of pictures in rows, each row with a caption.
#[derive(Clone, Debug)]
pub struct ImageGrid {
    title: String,
    rows: Vec<(String, Vec<Picture>)>,
}

/// Wide enough for a notebook, small enough for its file.
const FIGURE_WIDTH: usize = 760;
const CAPTION_WIDTH: usize = 150;
const GAP: usize = 4;

impl ImageGrid {
    /// Rows of pictures with captions.
    pub fn new(rows: Vec<(String, Vec<Picture>)>) -> Self {
        Self { title: String::new(), rows }
    }

    /// A title above the figure.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    pub(crate) fn sample(images: &ImageSet, per_class: usize, seed: u64) -> Self {
        let labels = images.labels();
        let rows = images.class_names().iter().enumerate().map(|(class, name)| {
            let mut places: Vec<usize> = (0..labels.len()).filter(|&place| labels[place] == class).collect();
            Random::new(&[seed, class as u64]).shuffle(&mut places);
            places.truncate(per_class);
            places.sort_unstable();
            (name.clone(), places.into_iter().filter_map(|place| images.picture(place).ok()).collect())
        });
        Self::new(rows.collect())
    }

    /// How large a tile is shown, in units of the figure: `(width, height)`.
    fn tile(&self) -> (usize, usize) {
        let columns = self.rows.iter().map(|(_, pictures)| pictures.len()).max().unwrap_or(0).max(1);
        let pictures = || self.rows.iter().flat_map(|(_, pictures)| pictures);
        let (mut height, mut width) = (1, 1);
        for picture in pictures() {
            let [h, w] = picture.size();
            (height, width) = (height.max(h), width.max(w));
        }
        let available =
            (FIGURE_WIDTH - CAPTION_WIDTH) / columns - GAP.min((FIGURE_WIDTH - CAPTION_WIDTH) / columns - 1);
        let shown = available.min(width.max(64) * 2).max(8);
        (shown, (shown * height).div_ceil(width))
    }

    fn svg(&self) -> String {
        let (tile_width, tile_height) = self.tile();
        let head = if self.title.is_empty() { 0 } else { 28 };
        let height = head + self.rows.len() * (tile_height + GAP);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{FIGURE_WIDTH}\" height=\"{height}\" viewBox=\"0 0 {FIGURE_WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\">\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
        );
        if head > 0 {
            let (x, title) = (FIGURE_WIDTH / 2, escape(&self.title));
            svg += &format!(
                "<text x=\"{x}\" y=\"18\" font-size=\"15\" text-anchor=\"middle\" fill=\"#222222\">{title}</text>"
            );
        }
        for (row, (caption, pictures)) in self.rows.iter().enumerate() {
            let y = head + row * (tile_height + GAP);
            let (x, middle, caption) = (CAPTION_WIDTH - 8, y + tile_height / 2 + 4, escape(&shortened(caption)));
            svg += &format!("<text x=\"{x}\" y=\"{middle}\" text-anchor=\"end\" fill=\"#222222\">{caption}</text>");
            for (column, picture) in pictures.iter().enumerate() {
                let x = CAPTION_WIDTH + column * (tile_width + GAP);
                let png = STANDARD.encode(png(picture, tile_width));
                svg += &format!(
                    "<image x=\"{x}\" y=\"{y}\" width=\"{tile_width}\" height=\"{tile_height}\" preserveAspectRatio=\"xMidYMid meet\" href=\"data:image/png;base64,{png}\"/>"
                );
            }
        }
        svg + "</svg>"
    }
}

/// No more pixels than are shown on a sharp screen; small pictures stay as they are.
fn png(picture: &Picture, shown_width: usize) -> Vec<u8> {
    let rgb = picture.as_rgb();
    let limit = (shown_width * 2) as u32;
    let smaller: RgbImage;
    let rgb = if rgb.width() > limit {
        let height = (u64::from(rgb.height()) * u64::from(limit) / u64::from(rgb.width())).max(1) as u32;
        smaller = imageops::thumbnail(rgb, limit, height);
        &smaller
    } else {
        rgb
    };
    let mut file = Cursor::new(Vec::new());
    match rgb.write_to(&mut file, ImageFormat::Png) {
        Ok(()) => file.into_inner(),
        Err(_) => Vec::new(),
    }
}

fn shortened(caption: &str) -> String {
    match caption.chars().count() {
        0..=20 => caption.to_owned(),
        _ => caption.chars().take(19).chain(['…']).collect(),
    }
}

impl Rich for ImageGrid {
    fn mime_bundle(&self) -> MimeBundle {
        let rows = self.rows.iter().map(|(caption, pictures)| format!("{caption}: {}", pictures.len()));
        let text = format!("[pictures] {}{}", self.title, rows.map(|row| format!("\n  {row}")).collect::<String>());
        MimeBundle::text(text).with_svg(self.svg())
    }
}
