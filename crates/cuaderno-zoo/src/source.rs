//! Whose weights a network runs on, and what that means for its input.

use cuaderno_nn::Rescaling;

/// Who trained the weights. The same architecture differs between them in padding, normalization and preprocessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Keras's applications.
    Keras,
    /// torchvision's models.
    Torchvision,
}

impl Source {
    /// For pixels from 0 to 1: into -1 to 1.
    pub(crate) const SYMMETRIC: Rescaling = Rescaling { factors: [2.0; 3], offsets: [-1.0; 3], reversed: false };
    /// Blue, green, red from 0 to 255, each minus its mean over ImageNet (keras/src/applications/imagenet_utils.py).
    pub(crate) const CAFFE: Rescaling =
        Rescaling { factors: [255.0; 3], offsets: [-103.939, -116.779, -123.68], reversed: true };
    /// Minus mean, by deviation over ImageNet (torchvision/transforms/_presets.py).
    pub(crate) const TORCH: Rescaling = Rescaling {
        factors: [1.0 / 0.229, 1.0 / 0.224, 1.0 / 0.225],
        offsets: [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225],
        reversed: false,
    };
}
