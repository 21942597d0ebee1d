//! Everything a notebook uses, in one import.

pub use crate::{
    Analysis, Exprs, Names, Reader, Table, bar, box_plot, chi_square, correlation, count, count_per, count_per_by,
    cross_table, density, downsample, hbar, heat_map, histogram, left_join, line, mean_by, missing, missing_chart,
    quantile_bins, rank_correlation, read_comments, read_posts, read_posts_with_report, read_table, scatter, shares,
    straight_line, stratified_split, t_test, text_features, text_features_only, top_n, upsample, without_stop_words,
    word_frequencies, write_table,
};
