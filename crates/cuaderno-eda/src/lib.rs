//! Exploratory analysis on polars.
