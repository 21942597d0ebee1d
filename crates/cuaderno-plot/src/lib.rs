//! Figures for reports.
