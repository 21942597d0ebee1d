//! How a text file is written: what stands between fields and around them, and whether the first line names the columns.

use super::column_types::is_value;
use super::record::{Dialect, Span, Split, split};

/// What the user says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given {
    pub separator: Option<u8>,
    pub quote: Option<Option<u8>>,
}

/// What a file looks like.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    pub dialect: Dialect,
    pub has_header: bool,
    /// Fields of the records below the first line, where they are one more than in it.
    extra: Option<Extra>,
}

/// What the one field is that the first line does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extra {
    /// The names of the rows, in front, as R's `write.table` writes them.
    RowNames,
    /// Nothing, behind a separator at the end of each line.
    Nothing,
}

/// Records that are looked at.
const RECORDS: usize = 500;

/// Guesses from the beginning of a file; `is_all` if that is the whole.
pub(super) fn guess(sample: &[u8], is_all: bool, given: Given) -> Guess {
    let separators = given.separator.map_or_else(|| b",\t;|".to_vec(), |separator| vec![separator]);
    let quotes = given.quote.map_or_else(|| vec![Some(b'"'), None], |quote| vec![quote]);
    let dialect = |separator, quote| Dialect { separator, quote, blanks: separator != b' ' && separator != b'\t' };
    let all = separators.iter().flat_map(|separator| quotes.iter().map(move |quote| dialect(*separator, *quote)));
    let mut looks: Vec<Look> = all.map(|dialect| Look::at(sample, is_all, dialect)).collect();
    if given.separator.is_none() && looks.iter().all(|look| look.width < 2) {
        // Blanks are in every text; they separate only where all lines agree.
        let blanks = quotes.iter().map(|quote| Look::at(sample, is_all, dialect(b' ', *quote)));
        looks.extend(blanks.filter(|look| look.width > 1 && look.agree == look.records && look.records > 1));
    }
    // The first of the best: quotes rather than none, commas rather than others. Nothing is gained by a quote that is none.
    let best = looks.into_iter().rev().max_by(|a, b| a.score().total_cmp(&b.score()));
    let best = best.unwrap_or_else(|| Look::at(sample, is_all, Dialect::TABS));
    Guess { dialect: best.dialect, has_header: best.has_header, extra: best.extra }
}

/// What the records are like in one dialect.
struct Look {
    dialect: Dialect,
    /// Fields of the first record.
    width: usize,
    records: usize,
    /// Records below it with as many fields, or all with one more.
    agree: usize,
    has_header: bool,
    extra: Option<Extra>,
}

impl Look {
    fn at(sample: &[u8], is_all: bool, dialect: Dialect) -> Self {
        let (mut at, mut spans, mut counts, mut broken) = (0, Vec::new(), Vec::new(), 0);
        let (mut has_header, mut all_end_in_nothing) = (true, true);
        while at < sample.len() && counts.len() < RECORDS {
            if matches!(sample[at], b'\n' | b'\r') {
                at += 1;
                continue;
            }
            let end = match split(sample, at, dialect, &mut spans) {
                Split::Whole(end) => end,
                Split::Cut if is_all => sample.len(),
                Split::Cut => break,
                // What is cut off may close behind the sample.
                Split::OpenQuote if !is_all && counts.len() > 1 => break,
                Split::OpenQuote | Split::Trailing(_) => {
                    broken += 1;
                    at = super::record::line_end(sample, at);
                    continue;
                }
            };
            if counts.is_empty() {
                has_header = !looks_like_values(sample, &spans);
            } else {
                all_end_in_nothing &= spans.last().is_some_and(|span| span.start == span.end);
            }
            counts.push(spans.len());
            at = end;
        }
        let width = counts.first().copied().unwrap_or(0);
        let below = counts.get(1..).unwrap_or_default();
        let same = below.iter().filter(|count| **count == width).count();
        let more = below.iter().filter(|count| **count == width + 1).count();
        let extra = (same == 0 && more > 0 && 2 * more > below.len()).then_some(if all_end_in_nothing {
            Extra::Nothing
        } else {
            Extra::RowNames
        });
        let agree = if extra.is_some() { more } else { same };
        Self { dialect, width, records: below.len() + broken, agree, has_header, extra }
    }

    /// The share of records that agree, and, where that is the same, the number of fields.
    fn score(&self) -> f64 {
        if self.width + usize::from(self.extra.is_some()) < 2 {
            return 0.0;
        }
        let share = if self.records == 0 { 1.0 } else { self.agree as f64 / self.records as f64 };
        (share * 20.0).round() + 1.0 - 1.0 / self.width as f64
    }
}

/// Whether a first line holds values and no names: only numbers and dates.
fn looks_like_values(sample: &[u8], spans: &[Span]) -> bool {
    let values = spans.iter().map(|span| String::from_utf8_lossy(&span.content(sample)).trim().to_owned());
    let there: Vec<String> = values.filter(|value| !value.is_empty()).collect();
    !there.is_empty() && there.iter().all(|value| is_value(value))
}

impl Guess {
    /// The names of the columns: those of the first line, each once, or `X1` and so on.
    pub fn named(&self, names: Vec<String>, has_header: bool) -> Vec<String> {
        if !has_header {
            return (1..=names.len()).map(|place| format!("X{place}")).collect();
        }
        let mut names = names;
        if self.extra == Some(Extra::RowNames) {
            names.insert(0, "...1".to_owned());
        }
        let twice = |name: &String| names.iter().filter(|other| *other == name).count() > 1;
        // As readr makes names differ.
        let apart = |(place, name): (usize, &String)| {
            if twice(name) { format!("{name}...{}", place + 1) } else { name.clone() }
        };
        // Looking every name up among all is slow for very many.
        if names.len() > 5000 { names } else { names.iter().enumerate().map(apart).collect() }
    }

    /// Fields of a record of so many columns.
    pub fn width(&self, columns: usize) -> usize {
        columns + usize::from(self.extra == Some(Extra::Nothing))
    }

    /// What the reader should know of the guess.
    pub fn notes(&self, has_header: bool, separator_is_guessed: bool) -> Vec<String> {
        let mut notes = Vec::new();
        let name = match self.dialect.separator {
            b';' => Some("semicolons"),
            b'|' => Some("bars"),
            b' ' => Some("blanks"),
            _ => None,
        };
        notes.extend(name.filter(|_| separator_is_guessed).map(|name| format!("{name} between fields")));
        if !has_header {
            notes.push("no header, so the columns are X1, X2 and so on".to_owned());
        }
        if self.dialect.quote.is_none() {
            notes.push("quotes are part of the text".to_owned());
        }
        if self.extra == Some(Extra::RowNames) {
            notes.push("the first column has no name, it is \"...1\"".to_owned());
        }
        notes
    }
}
