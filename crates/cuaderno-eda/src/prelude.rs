//! Everything a notebook uses, in one import.

pub use crate::{
    Analysis, Table, count, downsample, read_comments, read_posts, read_posts_with_report, text_features, top_n,
    upsample,
};
