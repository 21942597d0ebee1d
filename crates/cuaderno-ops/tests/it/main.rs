//! Every operation against an independent judge: finite differences and a plain transcription of its formula.

mod conv; // convolution against its formula, every geometry; gradients against finite differences
mod differences; // the judge: numerical derivatives
mod instructions; // everything again with portable code and with AVX2
mod keras; // against values stored from Keras: forward, gradients, losses, optimizer steps
mod layers; // dense, pooling, batch norm, activations, softmax, losses
mod threads; // the same bits with 1, 2 and 4 threads
