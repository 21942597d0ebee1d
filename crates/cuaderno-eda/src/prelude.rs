//! Everything a notebook uses, in one import.

pub use crate::{
    Analysis, Table, bar, box_plot, correlation, count, count_per, count_per_by, density, downsample, hbar, heat_map,
    histogram, left_join, line, mean_by, missing, missing_chart, rank_correlation, read_comments, read_posts,
    read_posts_with_report, scatter, stratified_split, text_features, text_features_only, top_n, upsample,
    without_stop_words, word_frequencies,
};
