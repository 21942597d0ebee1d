//! Which words are frequent.

use crate::count::COUNT;
use crate::table::{expect_type, fold_batches, named as col, schema};
use crate::waiting::Waiting;
use crate::{Result, Table};
use polars::prelude::{Column, DataFrame, DataType, SortMultipleOptions, StringChunked};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use unicode_segmentation::UnicodeSegmentation;

/// How often each word appears in the texts of a column: `word`, `count`, most frequent first, equal counts in the order of
/// the words.
///
/// Words are those of Unicode (UAX #29), in lower case: `Don't` is one word, and the same as `don’t` with the apostrophe that
/// phones type; punctuation and emojis are none.
///
/// # Errors
/// The column is absent or holds no text.
pub fn word_frequencies(table: &impl Table, column: &str) -> Result<DataFrame> {
    expect_type(&*schema(&table.plan())?, column, "word_frequencies", "text", DataType::is_string)?;
    let plan = table.plan().select([col(column).alias(TEXT)]);
    let rows = table.computed().map_or(0, |frame| frame.height() as u64);
    let waiting = Waiting::new(format!("counting words in {column}"), rows, "texts");
    let counts = fold_batches(plan, waiting, Counts::new(), |counts, batch| {
        add(counts, count(batch.column(TEXT)?.str()?));
        Ok(())
    })?;
    let (words, counts): (Vec<String>, Vec<u32>) = counts.into_iter().unzip();
    let frame =
        DataFrame::new(words.len(), vec![Column::new("word".into(), words), Column::new(COUNT.into(), counts)])?;
    Ok(frame.sort([COUNT, "word"], SortMultipleOptions::new().with_order_descending_multi([true, false]))?)
}

/// The frequencies of [`word_frequencies`] without English words that say nothing about the subject: `the`, `of`, `is`.
///
/// # Errors
/// The table has no column `word`.
pub fn without_stop_words(frequencies: &DataFrame) -> Result<DataFrame> {
    let stop_words: HashSet<&str> = STOP_WORDS.split_ascii_whitespace().collect();
    let is_kept = |word: &str| !stop_words.contains(&*plain_apostrophes(word.to_owned()));
    let mask = frequencies.column("word")?.str()?.iter().map(|word| word.is_some_and(is_kept));
    Ok(frequencies.filter(&mask.collect())?)
}

const TEXT: &str = "text";

/// Texts that one thread counts at a time.
const PIECE: usize = 16_384;

type Counts = HashMap<String, u32>;

/// The words of a column of texts, on all cores.
fn count(texts: &StringChunked) -> Counts {
    let starts: Vec<usize> = (0..texts.len()).step_by(PIECE).collect();
    let pieces: Vec<Counts> =
        starts.into_par_iter().map(|start| count_piece(&texts.slice(start as i64, PIECE))).collect();
    pieces.into_iter().fold(Counts::new(), |mut counts, piece| {
        add(&mut counts, piece);
        counts
    })
}

fn count_piece(texts: &StringChunked) -> Counts {
    let mut counts = Counts::new();
    for text in texts.iter().flatten() {
        let lower = plain_apostrophes(text.to_lowercase());
        for word in lower.unicode_words() {
            match counts.get_mut(word) {
                Some(count) => *count += 1,
                None => {
                    counts.insert(word.to_owned(), 1);
                }
            }
        }
    }
    counts
}

/// With the apostrophe of typewriters in the place of that of printers, U+2019.
fn plain_apostrophes(text: String) -> String {
    if text.contains('\u{2019}') { text.replace('\u{2019}', "'") } else { text }
}

fn add(counts: &mut Counts, more: Counts) {
    for (word, count) in more {
        *counts.entry(word).or_default() += count;
    }
}

/// The function words of English and their contractions, our own list.
const STOP_WORDS: &str = "
a about above after again against all also am an and any are aren't as at be because been before being below between both but
by can can't cannot could couldn't did didn't do does doesn't doing don't down during each even few for from further get gets
got had hadn't has hasn't have haven't having he he'd he'll he's her here here's hers herself him himself his how how's i i'd
i'll i'm i've if in into is isn't it it's its itself just let's like me more most much mustn't my myself no nor not now of off
on once one only onto or other ought our ours ourselves out over own per same shall she she'd she'll she's should shouldn't so
some such than that that's the their theirs them themselves then there there's these they they'd they'll they're they've this
those through to too under until up upon us very via was wasn't we we'd we'll we're we've were weren't what what's when when's
where where's which while who who's whom whose why why's will with within without won't would wouldn't yet you you'd you'll
you're you've your yours yourself yourselves";

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoLazy, df};

    #[test]
    fn apostrophes_of_phones() {
        let table = df!("text" => ["It’s late, don’t", "it's DON'T ‘quoted’"]).unwrap();
        let words = word_frequencies(&table, "text").unwrap();
        let expected = df!("word" => ["don't", "it's", "late", "quoted"], "count" => [2u32, 2, 1, 1]).unwrap();
        assert_eq!(words, expected);
        let printed = df!("word" => ["it’s", "late"], "count" => [1u32, 1]).unwrap();
        for frequencies in [words.slice(1, 2), printed] {
            assert_eq!(
                without_stop_words(&frequencies).unwrap().column("word").unwrap().str().unwrap().get(0),
                Some("late")
            );
        }
    }

    #[test]
    fn pieces_add_up() {
        let texts = ["Don't stop", "stop 🙂 STOP", ""];
        let rows = 3 * PIECE + 3;
        let table = df!("text" => (0..rows).map(|row| texts[row % 3]).collect::<Vec<_>>()).unwrap();
        let third = rows as u32 / 3;
        let expected = df!("word" => ["stop", "don't"], "count" => [3 * third, third]).unwrap();
        assert!(word_frequencies(&table, "text").unwrap().equals(&expected));
        assert!(word_frequencies(&table.lazy(), "text").unwrap().equals(&expected));
    }
}
