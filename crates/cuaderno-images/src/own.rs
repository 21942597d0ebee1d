//! Pictures of one's own, whose class is asked for.

use crate::folder::{entry, files_below};
use crate::preparation::Preparation;
use crate::store::Store;
use crate::{Augmentation, ImageSet, ImagesError, Interpolation, Loader, Picture, Scaling, Whitening, open_upright};
use cuaderno_display::full_path;
use cuaderno_nn::{Network, Predictions, Shape};
use std::fs;
use std::path::{Path, PathBuf};

impl Loader {
    /// Reads all pictures of a folder, at any depth, in the order of their paths. They have no classes: a network can predict them,
    /// but not learn from them.
    ///
    /// # Errors
    /// As [`ImageSet::unlabelled`].
    pub fn unlabelled(&self, folder: impl AsRef<Path>) -> Result<ImageSet, ImagesError> {
        let folder = &*full_path(folder);
        self.check_size()?;
        let root = fs::canonicalize(folder).map_err(|source| ImagesError::Io { path: folder.to_owned(), source })?;
        let entries = files_below(folder)?.into_iter().map(|path| entry(folder, &root, path, 0)).collect();
        self.load(folder, entries, Vec::new(), Vec::new())
    }
}

impl ImageSet {
    /// All pictures of a folder, without classes; `[height, width]` of the pictures. [`Loader::unlabelled`] takes more settings.
    ///
    /// # Errors
    /// One line for a folder that is not there, or holds nothing that can be read as a picture.
    pub fn unlabelled(folder: impl AsRef<Path>, size: [usize; 2]) -> Result<Self, ImagesError> {
        Loader::new(size).unlabelled(folder)
    }

    pub(crate) fn preparation(&self) -> Preparation {
        Preparation {
            shape: self.store().shape,
            scaling: self.scaling_mode(),
            interpolation: self.store().interpolation(),
            normalization: self.applied_normalization().cloned(),
            samplewise: self.augmentation().map_or([false; 2], |(augmentation, _)| augmentation.samplewise()),
            whitened: self.applied_whitening().map(Whitening::fingerprint),
        }
    }
}

/// A model that can be asked about a single picture.
pub trait Classify {
    /// The class probabilities of one picture, given as a [`Picture`] or by its path. It is brought to the model's size, and scaled
    /// and normalized as those were that the model was trained on; a model that was not trained here takes it bilinear, values
    /// from 0 to 1. A file is turned the way up that it notes, as viewers show it.
    ///
    /// ```no_run
    /// # use cuaderno_images::Classify;
    /// # fn ask(model: &cuaderno_nn::Network) -> Result<(), cuaderno_images::ImagesError> {
    /// let said = model.classify("photos/cell.jpg")?;
    /// println!("{} with {:.2}", said.class_names[said.classes[0]], said.row(0)[said.classes[0]]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// In one line, if the file cannot be read as a picture, or the model takes no pictures.
    fn classify(&self, picture: impl IntoPicture) -> Result<Predictions, ImagesError>;
}

impl<M: AsRef<Network>> Classify for M {
    fn classify(&self, picture: impl IntoPicture) -> Result<Predictions, ImagesError> {
        let network = self.as_ref();
        let (height, width, channels) = match network.input() {
            Shape::Image { channels: channels @ (1 | 3), height, width } => (height, width, channels),
            other => {
                return Err(ImagesError::NoPictureModel { model: network.name().to_owned(), input: other.to_string() });
            }
        };
        let shape = [height, width, channels];
        let known = network.preparation().and_then(|text| text.parse().ok());
        let preparation = known.filter(|known: &Preparation| known.shape == shape).unwrap_or(Preparation {
            shape,
            scaling: Scaling::default(),
            interpolation: Interpolation::default(),
            normalization: None,
            samplewise: [false; 2],
            whitened: None,
        });
        let set = prepared(&picture.into_picture()?, &preparation)?;
        Ok(network.predict(&set)?)
    }
}

/// A set of this one picture.
fn prepared(picture: &Picture, preparation: &Preparation) -> Result<ImageSet, ImagesError> {
    let Preparation { shape, scaling, interpolation, ref normalization, samplewise, whitened } = *preparation;
    let [height, width, channels] = shape;
    if whitened.is_some() {
        let found = "this network learnt from whitened pictures, and does not keep what whitened them".to_owned();
        let advice = "make a set of the picture, `.whitened(&whitening)?`, and use `predict`";
        return Err(ImagesError::Whitening { found, advice });
    }
    let picture = picture.resize_with([height, width], interpolation)?;
    let bytes = match channels {
        1 => image::DynamicImage::from(picture.as_rgb().clone()).into_luma8().into_raw(),
        _ => picture.as_rgb().as_raw().clone(),
    };
    let store = Store::from_pixels(vec!["picture".to_owned()], vec![0], shape, bytes);
    let mut set = ImageSet::new(store, Vec::new(), Default::default()).scaled(scaling);
    if let Some(normalization) = normalization {
        set = set.normalized(normalization);
    }
    let [centred, divided] = samplewise;
    let each = match (centred, divided) {
        (_, true) => Augmentation::new().samplewise_std_normalization(),
        (true, false) => Augmentation::new().samplewise_center(),
        (false, false) => return Ok(set),
    };
    set.augmented(&each, 0)
}

/// A picture, or the path of one.
pub trait IntoPicture {
    /// The picture itself.
    ///
    /// # Errors
    /// As [`open_upright`].
    fn into_picture(self) -> Result<Picture, ImagesError>;
}

impl IntoPicture for &Picture {
    fn into_picture(self) -> Result<Picture, ImagesError> {
        Ok(self.clone())
    }
}

impl IntoPicture for Picture {
    fn into_picture(self) -> Result<Picture, ImagesError> {
        Ok(self)
    }
}

macro_rules! paths {
    ($($path:ty),*) => {$(
        impl IntoPicture for $path {
            fn into_picture(self) -> Result<Picture, ImagesError> {
                open_upright(self)
            }
        }
    )*};
}

paths!(&str, &String, String, &Path, &PathBuf, PathBuf);
