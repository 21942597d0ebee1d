//! The crate as its users see it.

mod augmenting; // random transformations: seeded, within bounds, shown
mod explained; // what networks look at, over the pictures
mod fuzzing; // files and archives changed at random
mod hostile; // files made to break readers end in one clear line
mod own; // asking about pictures without a class
mod photos;
mod reading; // folders, ids, archives, binary records
mod sample; // the sample in data/ is what its generator writes
mod splitting; // splits are disjoint, complete and stratified
mod values; // resizing and decoding agree with TensorFlow and Pillow
mod whitening; // ZCA whitening is Keras's
