//! Every operation against an independent judge: finite differences and a plain transcription of its formula.

mod alone; // an example alone has the bits it has among others
mod bits; // the same bits with any instructions and any number of threads
mod conv; // convolution against its formula, every geometry; gradients against finite differences
mod differences; // the judge: numerical derivatives
mod instructions; // everything again with portable code and with AVX2
mod keras; // against values stored from Keras: forward, gradients, losses, optimizer steps
mod layers; // dense, pooling, batch norm, activations, softmax, losses
mod operations; // every operation, by name
mod sizes; // sizes that wrap are refused
mod zeros; // windows that see only zeros, and what passes no gradient
