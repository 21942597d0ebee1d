//! What crosses the crates that a cell sees.

mod rows; // rows of tables are learnt from as pictures are
mod same_bits; // a small report gives the same numbers and figures on any processor, with any number of threads
