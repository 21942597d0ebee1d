//! Everything a notebook uses, in one import.

pub use crate::{
    Analysis, Table, bar, box_plot, count, density, downsample, hbar, heat_map, histogram, line, read_comments,
    read_posts, read_posts_with_report, scatter, text_features, top_n, upsample,
};
