//! What a network is trained on.

use std::sync::Arc;

/// How the [preparation](Examples::preparation) of rows of numbers begins. What a network is asked about has to have the very one of
/// what it learnt from: numbers on another scale, or of other columns, are answered without sense and without a sign of it.
#[doc(hidden)]
pub const PREPARED_ROWS: &str = "rows of ";

/// Pictures or rows of numbers, each with its class or with the numbers that are to be predicted. Implemented by the datasets of
/// `cuaderno-images` and by tables; training asks for one example at a time, from several threads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of examples",
    note = "one picture is asked about by `model.classify(&picture)?`; sets are made by `ImageSet::from_folder`, `ImageSet::unlabelled`, `Rows::from_table`, …"
)]
pub trait Examples: Send + Sync {
    /// The same examples as an owner of their own, which settings and subsets keep: a clone that shares its pixels.
    fn shared(&self) -> Arc<dyn Examples>;

    /// How many pictures there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `[channels, height, width]` of every picture; `[values, 1, 1]` of rows.
    fn image_shape(&self) -> [usize; 3];

    /// Class names; a label is an index into them. None for pictures whose classes nobody knows yet, which can be predicted only.
    fn class_names(&self) -> &[String];

    /// How files become such pictures (size, scaling, normalization), in a text that the dataset's own crate reads again. A network
    /// remembers it, so that it can be asked about a picture that is in no dataset.
    fn preparation(&self) -> Option<String> {
        None
    }

    /// The label of a picture.
    fn label(&self, index: usize) -> usize;

    /// Names of the numbers that are to be predicted, where examples have such instead of a class: a regression.
    fn target_names(&self) -> &[String] {
        &[]
    }

    /// Writes those numbers of an example, one for each name.
    fn write_targets(&self, _index: usize, _out: &mut [f32]) {}

    /// A number for the picture, which copies of it share: no copy of a picture that is learnt may be held back.
    fn identity(&self, index: usize) -> usize {
        index
    }

    /// Whether a picture differs from epoch to epoch; if not, what frozen layers make of it is computed once.
    fn varies(&self) -> bool {
        true
    }

    /// Writes a picture as it is seen in this epoch (augmentation may differ from epoch to epoch, but depends on nothing
    /// else) into `out`: `height * width * channels` values, channels last.
    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]);

    /// Writes a picture without augmentation, as it is held back by [`Fit::validation_split`](crate::Fit::validation_split).
    fn write_plain(&self, index: usize, out: &mut [f32]) {
        self.write_image(index, 0, out);
    }
}
