//! Exploratory analysis on polars: from a file to counts, summaries and figures, one line each.
//!
//! Every function takes polars tables ([`DataFrame`] or [`LazyFrame`], through [`Table`]) and gives polars tables, so
//! polars' own methods are always the next step.
//!
//! ```
//! use cuaderno_eda::prelude::*;
//! use polars::prelude::*;
//!
//! let posts = df!(
//!     "author" => [Some("ana"), Some("bo"), None, Some("ana"), Some("cy")],
//!     "title" => ["One!", "Two", "3 🙂", "FOUR", "five"],
//!     "class" => ["Disinformation", "Disinformation", "Other", "Disinformation", "Other"],
//! )?;
//! let classes = count(&posts, "class")?;
//! assert_eq!(classes, df!("class" => ["Disinformation", "Other"], "count" => [3u32, 2])?);
//!
//! let balanced = downsample(&posts, "class", 7)?; // two of each class
//! assert_eq!(balanced.height(), 4);
//!
//! let authors = top_n(&posts.only("class", "Disinformation")?, "author", 1)?;
//! assert_eq!(authors, df!("author" => ["ana"], "count" => [2u32])?);
//!
//! let features = text_features(&posts, "title")?;
//! assert_eq!(features.column("emojis")?.u32()?.get(2), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | question | function |
//! |---|---|
//! | what is in the file | [`read_table`], [`Reader`], [`read_posts`], [`read_comments`] |
//! | keep a table | [`write_table`] |
//! | what is in the table | [`Analysis::summary`] |
//! | which rows, which columns, per group | [`Analysis::keep`], [`Analysis::mutate`], [`Analysis::summarise`], [`Analysis::descending`] |
//! | wide or long | [`Analysis::wider`], [`Analysis::longer`], [`cross_table`] |
//! | how many of each | [`count`], [`shares`], [`top_n`], [`quantile_bins`] |
//! | classes of equal size | [`downsample`], [`upsample`] |
//! | what is missing | [`missing`], [`missing_chart`] |
//! | what is in the texts | [`text_features`], [`text_features_only`], [`word_frequencies`] |
//! | how many over time | [`count_per`], [`count_per_by`] |
//! | what goes together | [`correlation`], [`rank_correlation`], [`scatter`] |
//! | do groups differ | [`mean_by`], [`t_test`], [`chi_square`], [`box_plot`], [`density`] |
//! | how steep is it | [`straight_line`] |
//! | which comments belong to which posts | [`left_join`] |
//! | train, validation, test | [`stratified_split`] |
//! | numbers and classes to learn from | [`matrix`], [`classes`] |
//! | how does it look | [`bar`], [`hbar`], [`histogram`], [`density`], [`box_plot`], [`scatter`], [`line()`], [`heat_map`] |
//!
//! [`DataFrame`]: polars::prelude::DataFrame
//! [`LazyFrame`]: polars::prelude::LazyFrame

mod analysis;
mod correlation;
mod count;
mod error;
mod figures;
mod join;
mod matrix;
mod missing;
mod names;
pub mod prelude;
mod read;
mod sample;
mod split;
mod stats;
mod summary;
mod table;
mod text;
mod time;
mod verbs;
mod waiting;
mod words;
mod write;

pub use analysis::Analysis;
pub use correlation::{correlation, rank_correlation};
pub use count::{count, shares, top_n};
pub use error::{EdaError, Result, without_plan};
pub use figures::{bar, box_plot, density, hbar, heat_map, histogram, line, scatter};
pub use join::left_join;
pub use matrix::{Classes, Matrix, classes, matrix, texts};
pub use missing::{missing, missing_chart};
pub use names::{Exprs, Names};
pub use read::{
    Malformed, ReadReport, Reader, class_of, read_comments, read_comments_with_report, read_posts,
    read_posts_with_report, read_table,
};
pub use sample::{downsample, upsample};
pub use split::stratified_split;
pub use stats::{chi_square, mean_by, straight_line, t_test};
pub use summary::Summary;
pub use table::Table;
pub use text::{TextCounts, text_features, text_features_only};
pub use time::{count_per, count_per_by};
pub use verbs::{cross_table, quantile_bins};
pub use words::{without_stop_words, word_frequencies};
pub use write::write_table;
