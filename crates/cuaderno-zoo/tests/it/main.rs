//! Pretrained networks from outside.

#![allow(clippy::disallowed_methods)] // the C library as a judge, and for made up numbers

mod ensembles; // several networks that decide together
mod exports; // files for onnxruntime
mod files; // weights files that fit and that do not
mod keras_weights; // Keras's weights in a network of one's own
mod peers; // the same outputs as Keras and torchvision
mod support;
mod svm; // a support-vector classifier on features
mod training; // heads, freezing, caching
