//! The crate as its users see it.

mod sample; // the sample in data/ is what its generator writes, and has the oddities it promises
