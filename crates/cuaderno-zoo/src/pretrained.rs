//! A network with weights from elsewhere.

use crate::design::Design;
use crate::{Features, Source, TopLabels, ZooError, weights};
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_nn::{Evaluation, Examples, Network, Predictions, Sequential};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

/// A pretrained network, alone or with a head for other classes behind it.
///
/// It takes pictures as [`ImageSet`](https://docs.rs/cuaderno-images) gives them, values from 0 to 1: the preprocessing that its
/// weights ask for is its first layer. Its [`network`](Self::network) can do the rest of what networks can.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use cuaderno_images::ImageSet;
/// # use cuaderno_nn::{Fit, Optimizer, cnn};
/// use cuaderno_zoo::{Pooling, mobilenet_v2};
///
/// let train = ImageSet::from_folder("sports/train", [224, 224])?;
/// let test = ImageSet::from_folder("sports/test", [224, 224])?;
/// let base = mobilenet_v2(0.35).pooling(Pooling::Average).load("weights/mobilenet_v2_0.35_224_notop.safetensors")?;
///
/// cnn! { Head: [1280] => [dense(256), relu, dense(10), softmax] }
/// let mut model = base.with_head(&Head::new(7))?; // base frozen
/// model.fit(&train, &Fit::new().epochs(15).optimizer(Optimizer::adam(1e-3)))?;
/// model.evaluate(&test)?.confusion();
///
/// model.unfreeze_last(3)?;
/// model.fit(&train, &Fit::new().epochs(5).optimizer(Optimizer::adam(1e-4)))?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Pretrained {
    pub(crate) network: Network,
    pub(crate) design: Arc<Design>,
    pub(crate) head: Option<Sequential>,
    pub(crate) labels: Option<Arc<Vec<String>>>,
}

/// It shows its [`summary`](Network::summary).
impl Rich for Pretrained {
    fn mime_bundle(&self) -> MimeBundle {
        self.network.mime_bundle()
    }
}

/// The network alone, to keep beside others in one list; an [`Ensemble`](crate::Ensemble) takes it.
impl From<Pretrained> for Network {
    fn from(model: Pretrained) -> Self {
        model.network
    }
}

/// For what asks a network about a picture.
impl AsRef<Network> for Pretrained {
    fn as_ref(&self) -> &Network {
        &self.network
    }
}

/// What a network tells of itself, a pretrained one tells, too: [`Network::summary`], [`Network::grad_cam`], [`Network::save`].
impl Deref for Pretrained {
    type Target = Network;

    fn deref(&self) -> &Network {
        &self.network
    }
}

/// What it has from its network.
impl Pretrained {
    /// The network itself. Its own `fit`, `predict` and `evaluate` take pictures without a look at the range of their values.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The network itself, to change.
    pub fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }

    /// [`Network::export_onnx`]; a network with its top knows the names of its [classes](Self::labels).
    ///
    /// # Errors
    /// Those of [`Network::export_onnx`].
    pub fn export_onnx(&self, path: impl AsRef<Path>) -> Result<(), ZooError> {
        let labels = if self.head.is_none() { self.labels() } else { None };
        Ok(self.network.export_onnx_of(path.as_ref(), self.network.class_names().or(labels))?)
    }

    /// [`Network::load`]
    ///
    /// # Errors
    /// Those of [`Network::load`].
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), ZooError> {
        Ok(self.network.load(path)?)
    }
}

impl Pretrained {
    /// Writes the weights of the network without its head, named and laid out as where they came from, so that
    /// [`Architecture::load`](crate::Architecture::load) takes them, and Keras or torchvision by their names. [`save`](Network::save) keeps all, head included.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_base(&self, path: impl AsRef<Path>) -> Result<(), ZooError> {
        weights::write(path.as_ref(), self)
    }

    pub(crate) fn new(design: Design, seed: u64) -> Self {
        Self { network: Network::new(design.with_head(None), seed), design: design.into(), head: None, labels: None }
    }

    /// Whose weights it runs on.
    pub fn source(&self) -> Source {
        self.design.source
    }

    /// Keras's names of its layers, without those of a head.
    pub fn layer_names(&self) -> Vec<&str> {
        self.design.layers().map(|layer| layer.keras.as_str()).collect()
    }

    /// Names of the classes its top was trained on, if they are known.
    pub fn labels(&self) -> Option<&[String]> {
        self.labels.as_deref().map(Vec::as_slice)
    }

    /// What the network, without its head, makes of every picture: computed once, to train heads on.
    ///
    /// ```no_run
    /// # use cuaderno_nn::{Examples, Fit, cnn};
    /// # fn run(train: &dyn Examples) -> Result<(), Box<dyn std::error::Error>> {
    /// # let base = cuaderno_zoo::resnet50().pooling(cuaderno_zoo::Pooling::Average).random(1)?;
    /// cnn! { Head: [2048] => [dense(10), softmax] }
    /// let features = base.features(train)?;
    /// Head::new(7).fit(&features, &Fit::new().epochs(20))?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If the pictures have another size or range of values, or an interrupt came.
    pub fn features(&self, pictures: &dyn Examples) -> Result<Features, ZooError> {
        self.check_range(pictures)?;
        Features::new(&self.network, self.design.len(), pictures, false)
    }

    /// The class probabilities of every picture: [`Network::predict`].
    ///
    /// # Errors
    /// Those of [`Network::predict`]; if the pictures' values do not go from 0 to 1.
    pub fn predict(&self, pictures: &dyn Examples) -> Result<Predictions, ZooError> {
        self.check_range(pictures)?;
        Ok(self.network.predict(pictures)?)
    }

    /// What the network puts out for every picture, a head included: [`Network::outputs`].
    ///
    /// # Errors
    /// Those of [`Network::outputs`]; if the pictures' values do not go from 0 to 1.
    pub fn outputs(&self, pictures: &dyn Examples) -> Result<Vec<f32>, ZooError> {
        self.check_range(pictures)?;
        Ok(self.network.outputs(pictures)?)
    }

    /// Loss, accuracy and what follows from the predictions: [`Network::evaluate`].
    ///
    /// # Errors
    /// Those of [`Network::evaluate`]; if the pictures' values do not go from 0 to 1.
    pub fn evaluate(&self, pictures: &dyn Examples) -> Result<Evaluation, ZooError> {
        self.check_range(pictures)?;
        Ok(self.network.evaluate(pictures)?)
    }

    /// The `count` most probable classes of each picture, by the top the network was trained with.
    ///
    /// # Errors
    /// If there is no top, or the pictures have another size or range of values.
    pub fn top_labels(&self, pictures: &dyn Examples, count: usize) -> Result<TopLabels, ZooError> {
        if !self.design.has_top || self.head.is_some() {
            let advice = "build it with .with_top(1000) and weights with a top, and without a head".into();
            return Err(self.unsuitable("has no top", advice));
        }
        self.check_range(pictures)?;
        let probabilities = self.network.outputs(pictures)?;
        Ok(TopLabels::new(&probabilities, self.network.output().len(), self.labels(), count))
    }

    /// A few pictures tell whether they were scaled for another network.
    pub(crate) fn check_range(&self, pictures: &dyn Examples) -> Result<(), ZooError> {
        const LOOKED_AT: usize = 8;
        let mut picture = vec![0.0; pictures.image_shape().iter().product()];
        let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
        for index in (0..pictures.len()).step_by(pictures.len() / LOOKED_AT + 1) {
            pictures.write_image(index, 0, &mut picture);
            low = picture.iter().copied().fold(low, f32::min);
            high = picture.iter().copied().fold(high, f32::max);
        }
        let fits = pictures.is_empty() || (low > -0.1 && high < 1.1);
        if fits { Ok(()) } else { Err(ZooError::Range { model: self.design.name.clone(), low, high }) }
    }

    pub(crate) fn unsuitable(&self, problem: impl Into<String>, advice: String) -> ZooError {
        ZooError::Unsuitable { model: self.design.name.clone(), problem: problem.into(), advice }
    }
}
