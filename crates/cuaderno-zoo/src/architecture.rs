//! Which network, for which input: the settings before weights are there.

use crate::block::Block;
use crate::design::Design;
use crate::labels;
use crate::source::Source;
use crate::tensor_file::TensorFile;
use crate::{Pretrained, ZooError, mobilenet, resnet, vgg};
use cuaderno_display::data::fetched;
use cuaderno_nn::{Rescaling, Shape};
use std::fmt;
use std::path::{Path, PathBuf};

/// MobileNetV2 of width `alpha`: 2,257,984 parameters without top at 1.0, 410,208 at 0.35. Keras has weights for 0.35, 0.5,
/// 0.75, 1.0, 1.3 and 1.4.
///
/// ```no_run
/// # fn main() -> Result<(), cuaderno_zoo::ZooError> {
/// use cuaderno_zoo::{Pooling, mobilenet_v2};
///
/// let base = mobilenet_v2(0.35).input([3, 224, 224]).pooling(Pooling::Average).load("weights/mobilenet_v2_0.35_224_notop.safetensors")?;
/// # Ok(()) }
/// ```
pub fn mobilenet_v2(alpha: f64) -> Architecture {
    Architecture::new(Family::MobileNetV2 { alpha })
}

/// VGG16: 14,714,688 parameters without top.
pub fn vgg16() -> Architecture {
    Architecture::new(Family::Vgg16)
}

/// ResNet18, as torchvision and timm have it: 11,186,112 parameters without top, 11,689,512 trained ones with one for 1,000 classes.
/// Smaller and quicker than [`resnet50`], with features of 512 values.
pub fn resnet18() -> Architecture {
    Architecture::new(Family::ResNet18)
}

/// ResNet34, as torchvision and timm have it: 21,301,696 parameters without top, 21,797,672 trained ones with one for 1,000 classes.
pub fn resnet34() -> Architecture {
    Architecture::new(Family::ResNet34)
}

/// ResNet50: 23,587,712 parameters without top, as Keras counts them.
pub fn resnet50() -> Architecture {
    Architecture::new(Family::ResNet50)
}

/// What follows the last convolution of a network without top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooling {
    /// Nothing: feature maps `[channels, height, width]`.
    #[default]
    None,
    /// The mean of each feature map: `[channels]`.
    Average,
    /// The largest value of each feature map: `[channels]`.
    Max,
}

/// Settings of a pretrained network; begun by [`mobilenet_v2`], [`vgg16`], [`resnet18`], [`resnet34`] or [`resnet50`], ended by [`load`](Self::load).
#[derive(Clone, Debug)]
pub struct Architecture {
    pub(crate) family: Family,
    pub(crate) input: [usize; 3],
    pub(crate) pooling: Pooling,
    pub(crate) classes: Option<usize>,
    labels: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Family {
    MobileNetV2 { alpha: f64 },
    Vgg16,
    ResNet18,
    ResNet34,
    ResNet50,
}

impl Architecture {
    fn new(family: Family) -> Self {
        Self { family, input: [3, 224, 224], pooling: Pooling::None, classes: None, labels: None }
    }

    /// `[channels, height, width]` of the pictures; `[3, 224, 224]` by default. Three channels, at least 32 x 32.
    pub fn input(mut self, shape: [usize; 3]) -> Self {
        self.input = shape;
        self
    }

    /// What follows the last convolution; nothing by default. With a top it has no meaning.
    pub fn pooling(mut self, pooling: Pooling) -> Self {
        self.pooling = pooling;
        self
    }

    /// With the classifier it was trained with: 1000 classes for ImageNet.
    pub fn with_top(mut self, classes: usize) -> Self {
        self.classes = Some(classes);
        self
    }

    /// Names of the classes, for a network with top: a text file with a name a line, or Keras's `imagenet_class_index.json`.
    /// Files of `convert_weights.py` bring them along.
    pub fn labels(mut self, path: impl Into<PathBuf>) -> Self {
        self.labels = Some(path.into());
        self
    }

    /// The network with weights from a file: Keras's `.h5`, `.weights.h5` or `.keras`, or a safetensors file named and laid out as in
    /// Keras or as in torchvision; what is in the file decides. PyTorch's own files are pickles, which are not read;
    /// `convert_weights.py` takes the weights out of one.
    ///
    /// # Errors
    /// If a setting makes no sense, or the file cannot be read, is damaged, or holds other tensors; the message names the first
    /// difference and lists the rest.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Pretrained, ZooError> {
        self.check()?;
        let file = TensorFile::read(path.as_ref())?;
        let mut model = Pretrained::new(Design::of(self, self.family.source(file.source())), 0);
        let values = file.fitted_to(&model.design, &model, self.family)?;
        model.network.set_tensor_values(&values);
        model.labels = match &self.labels {
            Some(path) => Some(labels::read(path)?),
            None => file.labels,
        };
        self.check_labels(model)
    }

    /// The network with the weights that Keras (ResNet18 and 34: torchvision) publishes for it, learnt from ImageNet; `cuaderno fetch vgg16` brings them, for a
    /// network with top `cuaderno fetch vgg16-top`, with the names of the classes. Nothing is fetched here.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), cuaderno_zoo::ZooError> {
    /// use cuaderno_zoo::{Pooling, vgg16};
    ///
    /// let base = vgg16().input([3, 150, 150]).pooling(Pooling::Average).pretrained()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If a setting makes no sense, there are no such weights, or they have not been fetched, which the message says how to do.
    pub fn pretrained(&self) -> Result<Pretrained, ZooError> {
        const IMAGENET: usize = 1000;
        self.check()?;
        let (model, has_top) = (self.family.to_string(), self.classes.is_some());
        if self.classes.is_some_and(|classes| classes != IMAGENET) {
            let (setting, found) = ("with_top", self.classes.unwrap_or_default().to_string());
            let advice = "the weights of ImageNet have 1000 classes; leave the top out to learn others".into();
            return Err(ZooError::Setting { model, setting, found, advice });
        }
        let Some(name) = self.family.set() else {
            let advice = "there are weights for 0.35, 0.5, 0.75, 1.0, 1.3 and 1.4".into();
            return Err(ZooError::Setting { model, setting: "alpha", found: "another one".into(), advice });
        };
        let set = if has_top { format!("{name}-top") } else { name };
        let mut settings = self.clone();
        if has_top && settings.labels.is_none() {
            settings.labels = Some(fetched(format!("{set}/imagenet_class_index.json"))?);
        }
        settings.load(fetched(format!("{set}/weights"))?)
    }

    /// The network with random weights, in Keras's form where Keras has the network; the same seed gives the same bits.
    ///
    /// # Errors
    /// If a setting makes no sense.
    pub fn random(&self, seed: u64) -> Result<Pretrained, ZooError> {
        self.check()?;
        let mut model = Pretrained::new(Design::of(self, self.family.source(Source::Keras)), seed);
        model.labels = self.labels.as_deref().map(labels::read).transpose()?;
        self.check_labels(model)
    }

    fn check_labels(&self, mut model: Pretrained) -> Result<Pretrained, ZooError> {
        let (Some(classes), Some(labels)) = (self.classes, &model.labels) else {
            model.labels = None;
            return Ok(model);
        };
        if labels.len() != classes {
            return Err(ZooError::LabelCount { found: labels.len(), classes });
        }
        Ok(model)
    }

    fn check(&self) -> Result<(), ZooError> {
        let [channels, height, width] = self.input;
        let problem = |setting, found: String, advice: &str| {
            Err(ZooError::Setting { model: self.family.to_string(), setting, found, advice: advice.into() })
        };
        if channels != 3 || height < 32 || width < 32 || height > 4096 || width > 4096 {
            return problem("input", format!("{:?}", self.input), "use [3, height, width] from 32 to 4096 pixels");
        }
        if let Family::MobileNetV2 { alpha } = self.family
            && !(0.05..=8.0).contains(&alpha)
        {
            return problem(
                "alpha",
                alpha.to_string(),
                "use 0.35, 0.5, 0.75, 1.0, 1.3 or 1.4, for which there are weights",
            );
        }
        if self.classes == Some(0) {
            return problem("with_top", "0".into(), "use 1000 for the classes of ImageNet");
        }
        Ok(())
    }
}

impl Family {
    pub(crate) fn blocks(self, input: Shape, source: Source) -> Vec<Block> {
        match self {
            Self::MobileNetV2 { alpha } => mobilenet::blocks(input, alpha, source),
            Self::Vgg16 => vgg::blocks(input),
            Self::ResNet18 => resnet::basic_blocks(input, resnet::BLOCKS_18),
            Self::ResNet34 => resnet::basic_blocks(input, resnet::BLOCKS_34),
            Self::ResNet50 => resnet::blocks(input, source),
        }
    }

    pub(crate) fn top(self, input: Shape, classes: usize) -> Block {
        match self {
            Self::MobileNetV2 { .. } => mobilenet::top(input, classes),
            Self::Vgg16 => vgg::top(input, classes),
            Self::ResNet18 | Self::ResNet34 | Self::ResNet50 => resnet::top(input, classes),
        }
    }

    /// Whose form of the network there is, where a file looks like that of `found`.
    pub(crate) fn source(self, found: Source) -> Source {
        match self {
            Self::ResNet18 | Self::ResNet34 => Source::Torchvision,
            _ => found,
        }
    }

    /// What `cuaderno fetch` calls its weights (python/cuaderno/known_sets.py).
    fn set(self) -> Option<String> {
        match self {
            Self::MobileNetV2 { alpha } => {
                mobilenet::PUBLISHED.contains(&alpha).then(|| format!("mobilenet_v2_{alpha:?}"))
            }
            Self::Vgg16 => Some("vgg16".into()),
            Self::ResNet18 => Some("resnet18".into()),
            Self::ResNet34 => Some("resnet34".into()),
            Self::ResNet50 => Some("resnet50".into()),
        }
    }

    pub(crate) fn rescaling(self, source: Source) -> Rescaling {
        match (self, source) {
            (_, Source::Torchvision) | (Self::ResNet18 | Self::ResNet34, _) => Source::TORCH,
            (Self::MobileNetV2 { .. }, Source::Keras) => Source::SYMMETRIC,
            (Self::Vgg16 | Self::ResNet50, Source::Keras) => Source::CAFFE,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MobileNetV2 { alpha } => write!(f, "MobileNetV2 {alpha}"),
            Self::Vgg16 => f.write_str("VGG16"),
            Self::ResNet18 => f.write_str("ResNet18"),
            Self::ResNet34 => f.write_str("ResNet34"),
            Self::ResNet50 => f.write_str("ResNet50"),
        }
    }
}
