//! How long the analysis of a large comments file takes, beside polars, DuckDB and pandas in Python.
//!
//!     CUADERNO_PEERS=<a Python with polars, duckdb and pandas> cargo xtask bench eda [--rows=1000000,3000000] [--rounds=3] [--only=duckdb,…] [--folder=DIR]
//!
//! Generates comments files with the columns and statistics of the real one (about 250 bytes a row, 10,000 of its 680,000 posts
//! known), then does what the Reddit report does with each, each program in turns and in processes of its own: read, summarise, drop
//! rows with missing values, count what is in the bodies, join the posts with their comments. The files are deleted afterwards
//! unless a folder is named.
//! One JSON object a line on stdout, medians and the median of the turns' ratios; a line a turn on stderr. A peer that is not
//! installed is left out.

#![allow(clippy::disallowed_methods)] // made up numbers

use cuaderno_eda::prelude::*;
use polars::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const PEER_PROGRAM: &str = include_str!("bench_eda_peers.py");
const WORDS: [&str; 22] = [
    "the",
    "of",
    "a",
    "this",
    "Not",
    "really",
    "what",
    "I",
    "have",
    "seen",
    "before",
    "lol",
    "picture",
    "photoshop",
    "Upvote",
    "NASA",
    "please!",
    "2019",
    "source?",
    "and",
    "it's",
    "wow!!",
];
/// One word in 200, so that one body in ten holds more than ASCII.
const OTHER_WORDS: [&str; 4] = ["café", "“quoted”", "🙂", "🇺🇸"];

/// How often each program does the work, in turns.
const ROUNDS: usize = 3;
const PEERS: [&str; 4] = ["polars", "polars lazy", "duckdb", "pandas"];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let option = |name: &str| std::env::args().find_map(|argument| argument.strip_prefix(name).map(str::to_owned));
    if let [_, worker, comments, posts] = &std::env::args().collect::<Vec<_>>()[..]
        && worker == "worker"
    {
        return work(Path::new(comments), Path::new(posts));
    }
    let sizes = option("--rows=").unwrap_or_else(|| "1000000,3000000".into());
    let sizes: Vec<usize> = sizes.split(',').map(str::parse).collect::<std::result::Result<_, _>>()?;
    let python = std::env::var("CUADERNO_PEERS").unwrap_or_else(|_| "python3".into());
    let (given, passing) = (option("--folder=").map(PathBuf::from), tempfile::tempdir()?);
    let folder = given.as_deref().unwrap_or(passing.path());
    let rounds = option("--rounds=").map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    let mut first = None;
    for rows in sizes {
        let per_million = bench(folder, rows, rounds, &python)? / rows as f64 * 1e6;
        let (first_rows, first_per_million) = *first.get_or_insert((rows, per_million));
        if rows != first_rows {
            println!(
                "{{\"bench\":\"eda\",\"case\":\"comments {rows} processor time a million rows\",\"ours\":{per_million:.3},\"unit\":\"s\",\
                 \"peer\":\"{first_rows} rows\",\"peer_value\":{first_per_million:.3},\"ratio\":{:.3}}}",
                per_million / first_per_million
            );
        }
    }
    Ok(())
}

/// Measures the work on so many comments, and prints it. Gives the seconds of all processors.
fn bench(folder: &Path, rows: usize, rounds: usize, python: &str) -> Result<f64> {
    let (comments, posts) = (folder.join(format!("comments-{rows}.tsv")), folder.join("posts.tsv"));
    if !comments.exists() {
        generate(&comments, &posts, rows)?;
    }
    let mut ours: Vec<Turn> = Vec::new();
    let mut theirs: [Vec<Turn>; PEERS.len()] = Default::default();
    for round in 0..rounds {
        let turn = turn(Command::new(std::env::current_exe()?).arg("worker").args([&comments, &posts]))?;
        eprintln!("cuaderno: {:.2} s, processors {:.2} s, peak {:.0} MB", turn.seconds, turn.processors, turn.peak_mb);
        let checksum = turn.checksum;
        ours.push(turn);
        let only = std::env::args().find_map(|argument| argument.strip_prefix("--only=").map(str::to_owned));
        let wanted = |peer: &str| only.as_ref().is_none_or(|only| only.split(',').any(|name| name == peer));
        for (peer, turns) in PEERS.into_iter().zip(&mut theirs).filter(|(peer, _)| wanted(peer)) {
            let Ok(turn) = turn_of_peer(python, peer, &comments, &posts) else {
                if round == 0 {
                    eprintln!("{peer}: not run, `{python} -m pip install {peer}` makes it a peer");
                }
                continue;
            };
            eprintln!(
                "{peer}: {:.2} s, processors {:.2} s, peak {:.0} MB, turn {} of {rounds}",
                turn.seconds,
                turn.processors,
                turn.peak_mb,
                round + 1
            );
            if turn.checksum != checksum {
                return Err(format!("{peer} counts {}, cuaderno {checksum}", turn.checksum).into());
            }
            turns.push(turn);
        }
    }
    let peak = median(ours.iter().map(|turn| turn.peak_mb));
    println!("{{\"bench\":\"eda\",\"case\":\"comments {rows} peak memory\",\"ours\":{peak:.0},\"unit\":\"MB\"}}");
    // The clock also counts what other programs take; the processors' time does not.
    let kinds: [(&str, Value); 2] = [("", |turn| turn.seconds), (" processor time", |turn| turn.processors)];
    for (peer, turns) in PEERS.into_iter().zip(&theirs).filter(|(_, turns)| !turns.is_empty()) {
        for (case, value) in kinds {
            println!(
                "{{\"bench\":\"eda\",\"case\":\"comments {rows}{case}\",\"ours\":{:.3},\"unit\":\"s\",\"peer\":\"{peer}\",\
                 \"peer_value\":{:.3},\"ratio\":{:.3}}}",
                median(ours.iter().map(value)),
                median(turns.iter().map(value)),
                median(ours.iter().zip(turns).map(|(ours, theirs)| value(ours) / value(theirs)))
            );
        }
        println!(
            "{{\"bench\":\"eda\",\"case\":\"comments {rows} peak memory\",\"ours\":{peak:.0},\"unit\":\"MB\",\"peer\":\"{peer}\",\
             \"peer_value\":{:.0},\"ratio\":{:.3}}}",
            median(turns.iter().map(|turn| turn.peak_mb)),
            peak / median(turns.iter().map(|turn| turn.peak_mb))
        );
    }
    Ok(median(ours.iter().map(|turn| turn.processors)))
}

type Value = fn(&Turn) -> f64;

/// The work done once, in a process of its own.
struct Turn {
    seconds: f64,
    /// Seconds of all processors.
    processors: f64,
    checksum: u64,
    peak_mb: f64,
}

fn turn_of_peer(python: &str, peer: &str, comments: &Path, posts: &Path) -> Result<Turn> {
    turn(Command::new(python).args(["-c", PEER_PROGRAM, peer]).args([comments, posts]))
}

/// Runs a program whose last line is seconds, processors' seconds, checksum and, if it likes, the peak memory.
fn turn(command: &mut Command) -> Result<Turn> {
    let output = command.stderr(Stdio::null()).output()?;
    let answer = String::from_utf8(output.stdout)?;
    let words: Vec<&str> = answer.lines().last().unwrap_or_default().split_whitespace().collect();
    let [seconds, processors, checksum, rest @ ..] = &words[..] else { return Err("no answer".into()) };
    let peak_mb = rest.first().map_or(Ok(0.0), |peak| peak.parse())?;
    Ok(Turn { seconds: seconds.parse()?, processors: processors.parse()?, checksum: checksum.parse()?, peak_mb })
}

/// Our turn.
fn work(comments: &Path, posts: &Path) -> Result<()> {
    let (start, before) = (Instant::now(), cpu_seconds());
    let checksum = ours(comments, posts)?;
    println!("{} {} {checksum} {}", start.elapsed().as_secs_f64(), cpu_seconds() - before, peak_mb());
    Ok(())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The work of the report. Gives the sum of all counts, of the joined rows and of their ups, which the peers must find as well.
fn ours(comments: &Path, posts: &Path) -> Result<u64> {
    let comments = read_comments(comments)?;
    eprintln!("{}", comments.summary()?);
    let posts = LazyCsvReader::new(PlRefPath::try_from_path(posts)?).with_separator(b'\t').finish()?.collect()?;
    let complete = comments.drop_nulls(None);
    let counts = ["exclamations", "capitals", "digits", "emojis", "flag_letters"];
    let sums = text_features_only(&complete, "body", counts)?
        .select(counts.map(|name| col(name).cast(DataType::UInt64).sum()));
    let sums = sums.collect_with_engine(Engine::Streaming)?.unwrap_single();
    let counted: u64 = counts.iter().filter_map(|name| sums.column(name).ok()?.u64().ok()?.get(0)).sum();
    let joined = left_join(&posts, &complete, ["id", "submission_id"], [".publication", ".comment"])?;
    let joined = joined.select([len().cast(DataType::Int64), col("ups").cast(DataType::Int64).sum()]);
    let joined = joined.collect_with_engine(Engine::Streaming)?.unwrap_single();
    let number =
        |column: usize| joined.columns()[column].i64().ok().and_then(|column| column.get(0)).unwrap_or(0) as u64;
    Ok(counted.wrapping_add(number(0)).wrapping_add(number(1)))
}

fn generate(comments: &Path, posts: &Path, rows: usize) -> std::io::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut file = BufWriter::new(File::create(posts)?);
    writeln!(file, "id\ttitle\tclass")?;
    for post in 0..10_000 {
        writeln!(file, "p{post:06}\tTitle {post}\t{}", if post % 10 < 6 { "Disinformation" } else { "Other" })?;
    }
    let mut file = BufWriter::with_capacity(1 << 20, File::create(comments)?);
    writeln!(file, "index\tid\tauthor\tbody\tisTopLevel\tparent_id\tsubmission_id\tups")?;
    let mut body = String::new();
    for row in 0..rows {
        body.clear();
        // Mostly short, some long: about 170 characters on average.
        let words = 2 + (40.0 * random.random::<f64>().powi(2) * 2.2) as usize;
        for _ in 0..words {
            let words = if random.random_range(0..200) == 0 { &OTHER_WORDS[..] } else { &WORDS[..] };
            body.push_str(words[random.random_range(0..words.len())]);
            body.push(' ');
        }
        if row % 40 == 0 {
            body = format!("\"{}\nsaid \"\"so\"\"\"", body.trim_end());
        }
        let (author, post) = (random.random_range(0..500_000), random.random_range(0..680_000));
        let ups = ((1.0 - random.random::<f64>()).powf(-0.9) * 1.5).min(42_573.0) as i64;
        // As many as in the real file: 1,058 of 10,002,177 rows without these two.
        let (top, ups) = if row % 9454 == 9453 {
            ("", String::new())
        } else {
            (["False", "True"][row % 13 / 8], format!("{ups}.0"))
        };
        writeln!(
            file,
            "{row}\te{row:07x}\tuser{author}\t{}\t{top}\tt3_p{post:06}\tp{post:06}\t{ups}",
            body.trim_end()
        )?;
    }
    file.flush()
}

/// Seconds all threads of this process have computed, where the system tells: unlike the clock, not what others take.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory this process ever held, where the system tells.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
