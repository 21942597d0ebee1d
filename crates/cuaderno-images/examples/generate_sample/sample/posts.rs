//! The table of posts: sixteen columns, and the oddities of the real one.

use super::files::Files;
use super::random::Random;
use super::words;
use std::collections::HashSet;
use std::io;

/// What the other tables need to know of a post.
pub struct Post {
    pub id: String,
    pub is_disinformation: bool,
}

/// One of the six kinds of post: labels, share of all posts, where such posts appear.
struct Kind {
    labels: [u8; 3],
    share: f64,
    subreddits: &'static [&'static str],
    title: fn(&mut Random) -> String,
}

/// Shares follow the real train file: 59 % Disinformation (2-way label 0) to 41 % Other.
const KINDS: [Kind; 9] = [
    kind([1, 0, 0], 0.18, &["mildly_curious", "street_sights"], words::sighting),
    kind([1, 0, 0], 0.12, &["photo_duels"], words::duel),
    kind([1, 0, 0], 0.11, &["plain_news", "odd_but_true"], words::news),
    kind([0, 2, 4], 0.29, &["duel_entries"], words::entry),
    kind([0, 2, 2], 0.18, &["faces_everywhere", "looks_like_it"], words::face),
    kind([0, 2, 1], 0.06, &["almost_news", "the_daily_spoon"], words::satire),
    kind([0, 1, 5], 0.025, &["old_posters"], words::poster),
    kind([0, 2, 5], 0.015, &["old_posters"], words::satire),
    kind([0, 2, 3], 0.02, &["echo_of_everything"], words::robot),
];

const fn kind(
    labels: [u8; 3],
    share: f64,
    subreddits: &'static [&'static str],
    title: fn(&mut Random) -> String,
) -> Kind {
    Kind { labels, share, subreddits, title }
}

const HEADER: &str = "author\tclean_title\tcreated_utc\tdomain\thasImage\tid\timage_url\tlinked_submission_id\tnum_comments\t\
    score\tsubreddit\ttitle\tupvote_ratio\t2_way_label\t3_way_label\t6_way_label\n";

const PICTURE_DOMAINS: [&str; 4] = ["i.pics.example", "i.img.example", "img.example", "pics.example"];
const NEWS_DOMAINS: [&str; 30] = [
    "thedailyspoon.example",
    "almostnews.example",
    "self.street_sights",
    "clips.example",
    "m.clips.example",
    "teapottimes.example",
    "harbournews.example",
    "flickering.example",
    "cactusweekly.example",
    "blog.walnut.example",
    "museum.example",
    "weather.example",
    "bakerypost.example",
    "spoonministry.example",
    "choirchronicle.example",
    "radiatorreview.example",
    "puddle.example",
    "snailmail.example",
    "ladderletter.example",
    "kettlegazette.example",
    "buttonbulletin.example",
    "paper-crane.example",
    "umbrellaunion.example",
    "tomatotribune.example",
    "toast.example",
    "staircase.example",
    "gardenhose.example",
    "pancakepress.example",
    "cloudcourier.example",
    "doorknobdaily.example",
];

/// Seconds from 1970 to the starts of 2008 and 2020.
const START: f64 = 1_199_145_600.0;
const END: f64 = 1_577_836_800.0;

/// Writes the table; returns the posts in its order.
pub fn write(files: &mut Files, path: &str, count: usize, seed: u64) -> io::Result<Vec<Post>> {
    let random = &mut Random::new(seed, 0);
    let mut kinds = Vec::new();
    let mut end = 0.0;
    for kind in &KINDS {
        end += kind.share;
        kinds.resize_with(((end * count as f64) + 0.5) as usize, || kind);
    }
    random.shuffle(&mut kinds);

    // A set of people who post often. The same for both tables.
    let regulars: Vec<String> = (0..80).map(|index| words::author(&mut Random::new(99, index))).collect();
    let (mut table, mut posts, mut ids) = (HEADER.to_owned(), Vec::new(), HashSet::new());
    for (index, kind) in kinds.into_iter().enumerate() {
        let random = &mut Random::new(seed, 1 + index as u64);
        let is_entry = kind.labels[2] == 4;
        let mut id = new_id(random, is_entry);
        while !ids.insert(id.clone()) {
            id = new_id(random, is_entry);
        }
        let is_disinformation = kind.labels[0] == 0;
        let title = vary((kind.title)(random), index, random);
        let created = created(kind, random);
        let url = match index % 150 {
            77 => String::new(),
            _ => format!("https://preview.pics.example/{id}.jpg?width=320&crop=smart&s={:08x}", random.below(1 << 32)),
        };
        let linked = if is_entry { new_id(random, false) } else { String::new() };
        let comments = if is_entry { String::new() } else { format!("{}.0", heavy_tailed(random, 0.7, 1.3)) };
        let score = heavy_tailed(random, 2.2, 1.8);
        let ratio = if is_entry { String::new() } else { ratio(random) };
        let [two, three, six] = kind.labels;
        let fields = [
            author(is_disinformation, &regulars, random),
            clean(&title),
            format!("{created:.1}"),
            domain(kind, random),
            "True".to_owned(),
            id.clone(),
            url,
            linked,
            comments,
            score.to_string(),
            (*random.pick(kind.subreddits)).to_owned(),
            title,
            ratio,
            two.to_string(),
            three.to_string(),
            six.to_string(),
        ];
        table += &row(&fields);
        posts.push(Post { id, is_disinformation });
    }
    files.write(path, table.as_bytes())?;
    Ok(posts)
}

/// Fields joined by tabs, quoted where they have to be; quotes inside are doubled (RFC 4180 with tabs).
pub fn row(fields: &[String]) -> String {
    let quoted = fields.iter().map(|field| match field.contains(['\t', '\n', '\r', '"']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.clone(),
    });
    quoted.collect::<Vec<_>>().join("\t") + "\n"
}

/// Whole numbers of a log-normal distribution.
pub fn heavy_tailed(random: &mut Random, mean_log: f64, deviation_log: f64) -> i64 {
    libm::exp(mean_log + deviation_log * random.normal()) as i64
}

fn new_id(random: &mut Random, is_entry: bool) -> String {
    let mut id = if is_entry { "sc".to_owned() } else { "s".to_owned() };
    for _ in 0..5 {
        id.push(char::from_digit(random.below(36) as u32, 36).expect("a digit below 36"));
    }
    id
}

/// What makes a reader of the table stumble: tabs, line breaks and quotes inside titles, emojis.
fn vary(title: String, index: usize, random: &mut Random) -> String {
    match index % 60 {
        11 => format!("{title}\n(second line)"),
        23 => format!("{title}\t(after a tab)"),
        35 => format!("\"{title}\" she said"),
        47 => format!("{} {title}", words::emoji(random)),
        53 => format!("{title}, the \"original\""),
        _ => title,
    }
}

/// Lower case without punctuation, as the real column has it.
fn clean(title: &str) -> String {
    let letters: String = title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// More posts every year; duels had their time, news and sightings grew late.
fn created(kind: &Kind, random: &mut Random) -> f64 {
    let growth = match kind.labels[2] {
        0 => libm::pow(random.unit(), 0.30),
        4 => 0.30 + 0.62 * libm::pow(random.unit(), 0.8),
        _ => libm::pow(random.unit(), 0.55),
    };
    libm::floor(START + (END - START) * growth)
}

fn author(is_disinformation: bool, regulars: &[String], random: &mut Random) -> String {
    match random.unit() {
        u if u < 0.05 => String::new(),
        u if u < 0.125 && is_disinformation => "ParrotRelay".to_owned(),
        u if u < 0.155 && is_disinformation => "best-of-yesterday_QQ".to_owned(),
        u if u < 0.40 => regulars[(regulars.len() as f64 * random.unit() * random.unit()) as usize].clone(),
        _ => words::author(random),
    }
}

fn domain(kind: &Kind, random: &mut Random) -> String {
    match kind.labels[2] {
        4 => String::new(),
        1 | 5 if random.chance(0.8) => skewed(&NEWS_DOMAINS, random),
        0 if random.chance(0.4) => skewed(&NEWS_DOMAINS, random),
        _ if random.chance(0.12) => skewed(&NEWS_DOMAINS, random),
        _ => skewed(&PICTURE_DOMAINS, random),
    }
}

/// The first are the most frequent.
fn skewed(items: &[&str], random: &mut Random) -> String {
    items[(items.len() as f64 * random.unit() * random.unit()) as usize].to_owned()
}

fn ratio(random: &mut Random) -> String {
    let percent = 100 - (50.0 * random.unit() * random.unit() * random.unit()) as u32;
    match percent {
        100 => "1.0".to_owned(),
        _ => format!("{:.2}", f64::from(percent) / 100.0).trim_end_matches('0').to_owned(),
    }
}
