//! Pictures of the posts. Each hint at the class (texture, colour, shape) is right more often than not, none always.

use super::draw::{Canvas, Shape, hsv};
use super::files::Files;
use super::posts::Post;
use super::random::Random;
use std::io;

/// A picture for every post, except that two are missing and one is a web page saved under a picture's name.
pub fn write(files: &mut Files, folder: &str, posts: &[Post], seed: u64) -> io::Result<()> {
    for (index, post) in posts.iter().enumerate() {
        let random = &mut Random::new(seed, index as u64);
        let path = format!("{folder}/{}.jpg", post.id);
        match index {
            101 | 303 => {}
            202 => files.write(&path, b"<html><body><h1>404 Not Found</h1></body></html>\n")?,
            // Now and then the name says JPEG and the content is PNG.
            _ if index % 31 == 7 => files.write(&path, &draw(post.is_disinformation, 48, 48, random).png())?,
            _ => {
                let (width, height) = *random.pick(&[(64, 64), (80, 64), (64, 80), (72, 72), (96, 64)]);
                files.write(&path, &draw(post.is_disinformation, width, height, random).jpeg(60))?;
            }
        }
    }
    Ok(())
}

fn draw(is_disinformation: bool, width: usize, height: usize, random: &mut Random) -> Canvas {
    let mut hint = |reliability: f64| random.chance(reliability) == is_disinformation;
    let (striped, warm, pointed) = (hint(0.80), hint(0.72), hint(0.75));

    let background = hsv(random.unit(), 0.25, random.range(0.35, 0.85));
    let mut canvas = Canvas::new(width, height, background);
    canvas.gradient(hsv(random.unit(), 0.3, random.range(0.25, 0.75)));
    let ink = hsv(random.unit(), 0.3, random.range(0.0, 1.0));
    if striped {
        canvas.stripes(ink, random.range(5.0, 9.0), random.range(0.05, 0.20), 0.45);
    } else {
        canvas.dots(ink, random.range(8.0, 13.0), 0.45);
    }
    for _ in 0..1 + random.below(3) {
        let hue = if warm { random.range(-0.04, 0.14) } else { random.range(0.45, 0.68) };
        let shape = if pointed {
            *random.pick(&[Shape::Star(5), Shape::Star(4), Shape::Polygon(3)])
        } else {
            *random.pick(&[Shape::Disc, Shape::Ring, Shape::Lobes(4)])
        };
        let centre = (random.range(0.2, 0.8) * width as f64, random.range(0.2, 0.8) * height as f64);
        let colour = hsv(hue, random.range(0.5, 0.9), random.range(0.6, 1.0));
        canvas.shape(shape, centre, random.range(10.0, 22.0), random.unit(), colour, 0.9);
    }
    canvas.noise(random, 0.04);
    canvas
}
