//! The names every cell sees.
//!
//! All of polars' prelude, cuaderno's own names (which win where both have one), and `std` names that analysis often needs.

pub use polars::prelude::*;

pub use crate::check;
pub use crate::data::{data, data_or_sample, is_sample};
pub use crate::diagram::Diagram;
pub use crate::digest::digest;
pub use crate::display::{
    self, DisplayHandle, Html, Latex, Markdown, MimeBundle, Progress, Rich, clear_output, display, input, password,
};
pub use crate::eda::{
    Analysis, Exprs, Names, Reader, Table, bar, box_plot, chi_square, correlation, count, count_per, count_per_by,
    cross_table, density, downsample, hbar, heat_map, histogram, left_join, line, mean_by, missing, missing_chart,
    quantile_bins, rank_correlation, read_comments, read_posts, read_posts_with_report, read_table, scatter, shares,
    straight_line, stratified_split, t_test, text_features, text_features_only, top_n, upsample, without_stop_words,
    word_frequencies, write_table,
};
pub use crate::grade::{self, close, same, share};
pub use crate::images::{
    self, Augmentation, CifarLabels, Classify, Fill, ImageGrid, ImageSet, Interpolation, Normalization, Picture,
    Scaling, Split, Whitening, cifar10, cifar100, fashion_mnist, fetched, mnist, open_image, open_upright,
};
pub use crate::labels::{PicturesOfTable, ids_and_classes};
pub use crate::nn::{
    self, Confusion, CrossValidation, EarlyStopping, Evaluation, Examples, Experiments, Fit, Grid, History, Loss,
    Monitor, Network, Next, Optimizer, Predictions, ReduceOnPlateau, Runs, Schedule, TrainingSizes, cnn, compare,
    repeat,
};
pub use crate::plot::{self, Facets, Figure, Svg};
pub use crate::predicted::PredictionsTable;
pub use crate::results::ResultTable;
pub use crate::rows::Rows;
pub use crate::stamp::stamp;
// Stock evcxr calls `evcxr_display` on what it shows, and stumbles where the compiler knows a trait to import for that.
#[doc(hidden)]
pub use crate::rt::show::ShowPlain as _;
pub use crate::zoo::{
    self, Ensemble, Features, KerasWeights, Pooling, Pretrained, SupportVectors, Svm, mobilenet_v2, resnet18, resnet34,
    resnet50, vgg16,
};
pub use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
