//! PNG files with a palette: a quarter of the bytes, since a figure has few colours and the shades between them.

use std::collections::HashMap;

/// Colours that a palette can hold.
const MOST: usize = 256;

/// A PNG file of pixels in red, green, blue and opacity, row after row. Up to 256 colours stay exactly what they are; of more,
/// the frequent ones do, and each of the others becomes the nearest of these.
pub(crate) fn png(pixels: &[[u8; 4]], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let (palette, indices) = index(pixels);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect::<Vec<u8>>());
    encoder.set_trns(palette.iter().map(|[_, _, _, alpha]| *alpha).collect::<Vec<u8>>());
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&indices)?;
    writer.finish()?;
    Ok(file)
}

/// The palette, and each pixel's place in it.
fn index(pixels: &[[u8; 4]]) -> (Vec<[u8; 4]>, Vec<u8>) {
    let mut counts: HashMap<[u8; 4], u32> = HashMap::new();
    // Most pixels are like the one before.
    for run in pixels.chunk_by(|a, b| a == b) {
        *counts.entry(run[0]).or_default() += run.len() as u32;
    }
    let mut colors: Vec<([u8; 4], u32)> = counts.into_iter().collect();
    colors.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let palette = reduce(&colors);
    let places: HashMap<[u8; 4], u8> = colors
        .iter()
        .map(|(color, _)| (*color, nearest(&palette, *color).map_or(0, |(place, _)| place as u8)))
        .collect();
    let mut indices = Vec::with_capacity(pixels.len());
    for run in pixels.chunk_by(|a, b| a == b) {
        indices.resize(indices.len() + run.len(), places[&run[0]]);
    }
    (palette, indices)
}

/// The most frequent colours of which no two are nearer than need be.
fn reduce(colors: &[([u8; 4], u32)]) -> Vec<[u8; 4]> {
    let mut apart = 0;
    loop {
        let mut palette: Vec<[u8; 4]> = Vec::new();
        for (color, _) in colors {
            if nearest(&palette, *color).is_none_or(|(_, distance)| distance > apart) {
                palette.push(*color);
            }
            if palette.len() > MOST {
                break;
            }
        }
        if palette.len() <= MOST {
            return palette;
        }
        apart = apart * 2 + 6;
    }
}

/// The place of the nearest colour, and its squared distance.
fn nearest(palette: &[[u8; 4]], color: [u8; 4]) -> Option<(usize, u32)> {
    let distance = |other: &[u8; 4]| other.iter().zip(color).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum::<u32>();
    let mut best = None;
    for (place, other) in palette.iter().enumerate() {
        let distance = distance(other);
        if distance == 0 {
            return Some((place, 0));
        }
        if best.is_none_or(|(_, least)| distance < least) {
            best = Some((place, distance));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(file: &[u8]) -> Vec<[u8; 4]> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut bytes).unwrap();
        bytes.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]]).collect()
    }

    #[test]
    fn few_colours_stay_exactly_what_they_are() {
        let pixels: Vec<[u8; 4]> = (0..=255u8).flat_map(|i| [[i, 255 - i, 7, 255]; 3]).collect();
        assert_eq!(decoded(&png(&pixels, 32, 24).unwrap()), pixels);
        let clear: Vec<[u8; 4]> = vec![[255, 255, 255, 0], [0, 114, 178, 128], [0, 0, 0, 255], [1, 0, 0, 255]];
        assert_eq!(decoded(&png(&clear, 2, 2).unwrap()), clear);
    }

    #[test]
    fn of_many_colours_the_frequent_ones_stay_and_others_are_near() {
        let mut pixels = vec![[230, 159, 0, 255]; 5000];
        pixels.extend((0..5000u32).map(|i| [(i % 17 * 15) as u8, (i / 17 % 17 * 15) as u8, (i / 289 * 14) as u8, 255]));
        let shown = decoded(&png(&pixels, 100, 100).unwrap());
        assert!(shown[..5000].iter().all(|pixel| *pixel == [230, 159, 0, 255]));
        let far = |(a, b): (&[u8; 4], &[u8; 4])| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        let worst = pixels.iter().zip(&shown).map(far).max().unwrap();
        assert!(worst <= 48, "{worst}");
    }
}
