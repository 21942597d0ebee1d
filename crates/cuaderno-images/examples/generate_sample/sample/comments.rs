//! The table of comments.

use super::files::Files;
use super::posts::{Post, heavy_tailed, row};
use super::random::Random;
use super::words;
use std::io;

/// Writes `count` comments on posts of both tables, some on posts of neither. Some posts get many, many get none.
pub fn write(
    files: &mut Files,
    path: &str,
    train: &[Post],
    validate: &[Post],
    count: usize,
    seed: u64,
) -> io::Result<()> {
    let mut table = "index\tid\tauthor\tbody\tisTopLevel\tparent_id\tsubmission_id\tups\n".to_owned();
    let mut previous = "tc00000".to_owned();
    for index in 0..count {
        let random = &mut Random::new(seed, index as u64);
        let posts = if random.chance(0.7) { train } else { validate };
        let post = &posts[(posts.len() as f64 * random.unit() * random.unit()) as usize];
        let submission = if random.chance(0.04) { format!("x{:05}", random.below(99_999)) } else { post.id.clone() };
        let excitement = if post.is_disinformation { random.unit() } else { random.unit() * random.unit() * 0.6 };
        let is_deleted = random.chance(0.05);
        let is_top_level = random.chance(0.39);
        let ups = match random.unit() {
            u if u < 0.05 => -heavy_tailed(random, 1.0, 1.2),
            u if u < 0.35 => 1,
            _ => heavy_tailed(random, 1.2, 1.5),
        };
        // As in the real file, a few rows lack both.
        let is_incomplete = index % 270 == 44;
        let parent = if is_top_level { format!("t3_{submission}") } else { format!("t1_{previous}") };
        let id = format!("tc{index:05}");
        let fields = [
            index.to_string(),
            id.clone(),
            if is_deleted { String::new() } else { words::author(random) },
            if is_deleted { "[deleted]".to_owned() } else { body(random, excitement) },
            if is_incomplete {
                ""
            } else if is_top_level {
                "True"
            } else {
                "False"
            }
            .to_owned(),
            parent,
            submission,
            if is_incomplete { String::new() } else { format!("{ups}.0") },
        ];
        table += &row(&fields);
        previous = id;
    }
    files.write(path, table.as_bytes())
}

fn body(random: &mut Random, excitement: f64) -> String {
    let body = words::comment(random, excitement);
    if random.chance(0.01) { body.replace(". ", ".\t") } else { body }
}
