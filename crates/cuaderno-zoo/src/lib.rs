//! Pretrained networks: VGG16, ResNet18, 34 and 50 and MobileNetV2 with weights from Keras or torchvision, and transfer learning.
//!
//! ```no_run
//! use cuaderno_zoo::{Pooling, mobilenet_v2};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let train = cuaderno_images::ImageSet::from_folder("sports/train", [224, 224])?;
//! let base = mobilenet_v2(0.35).pooling(Pooling::Average).load("weights/mobilenet_v2_0.35_224_notop.safetensors")?;
//! let mut model = base.with_dense(256, 10, 7)?;
//! model.fit(&train, &cuaderno_nn::Fit::new().epochs(15))?;
//! # Ok(()) }
//! ```
//!
//! Who does what:
//! - [`Architecture`] is a network's settings; [`load`](Architecture::load) fills it from a safetensors file.
//! - [`Pretrained`] is the network: features, top labels, a head for other classes, freezing, training.
//! - [`Ensemble`] is several networks that decide together: averaging, bagging, boosting, stacking.
//! - [`Features`] are what a network, or a layer of one, makes of pictures, to train heads on.
//! - [`SupportVectors`] are a classifier on such features that looks for the widest gaps between classes.
//!
//! Keras's own files are read; `convert_weights.py`, beside this crate, takes the weights out of PyTorch's.

mod architecture;
mod block;
mod design;
mod ensemble;
mod error;
mod features;
mod keras_branches;
mod keras_config;
mod keras_h5;
mod keras_weights;
mod labels;
mod mismatch;
mod mobilenet;
mod pretrained;
mod resnet;
mod score;
mod source;
mod svm;
mod svm_kernel;
mod svm_pairs;
mod tensor_file;
mod transfer;
mod vgg;
mod weights;

pub use architecture::{Architecture, Pooling, mobilenet_v2, resnet18, resnet34, resnet50, vgg16};
pub use ensemble::Ensemble;
pub use error::ZooError;
pub use features::Features;
pub use keras_weights::KerasWeights;
pub use labels::TopLabels;
pub use pretrained::Pretrained;
pub use source::Source;
pub use svm::{SupportVectors, Svm};
