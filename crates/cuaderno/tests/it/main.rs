//! What crosses the crates that a cell sees.

mod real_posts; // titles, pictures and both on real posts, beside scikit-learn
mod rows; // rows of tables are learnt from as pictures are
mod same_bits; // a small report gives the same numbers and figures on any processor, with any number of threads
