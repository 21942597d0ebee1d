//! Where a network looked, drawn over the pictures.

use crate::{ImageSet, ImagesError};
use cuaderno_nn::{Evaluation, Explanation, Network};
use cuaderno_plot::{ImageGrid, Picture};

impl ImageSet {
    /// A figure of explanations, by [`Network::grad_cam`] or [`Network::saliency`] for pictures of this set, each as heat over its
    /// picture.
    ///
    /// ```no_run
    /// # fn show(model: &cuaderno_nn::Network, test: &cuaderno_images::ImageSet) -> Result<(), Box<dyn std::error::Error>> {
    /// test.explained(&[model.grad_cam(test, 0, "bear")?, model.grad_cam(test, 0, "cup")?])?
    /// # ; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::Index`] if an explanation is of a picture that the set does not have.
    pub fn explained(&self, explanations: &[Explanation]) -> Result<ImageGrid, ImagesError> {
        let pictures = explanations.iter().map(|one| Ok(self.heated(one)?.label(one.label())));
        Ok(ImageGrid::new(pictures.collect::<Result<Vec<_>, ImagesError>>()?))
    }

    /// A figure of these pictures, each beside what speaks for the class that the network says: regions by Grad-CAM, pixels by
    /// saliency. Of a pretrained network, hand over its `network()`.
    ///
    /// ```no_run
    /// # fn show(model: &cuaderno_nn::Network, test: &cuaderno_images::ImageSet) -> Result<(), Box<dyn std::error::Error>> {
    /// test.explain(model, &[0, 1, 2])?
    /// # ; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::Index`]; as [`Network::grad_cam`].
    pub fn explain(&self, model: &Network, indices: &[usize]) -> Result<ImageGrid, ImagesError> {
        let said = model.predict(&self.subset(indices)?)?;
        let mut pictures = Vec::new();
        for (place, (index, class)) in indices.iter().zip(&said.classes).enumerate() {
            let original =
                self.picture(*index)?.labelled(self.class_names().get(self.label_of(*index)).map_or("", |name| name));
            let map = model.grad_cam(self, *index, *class)?;
            let label = format!("{} ({:.2})", map.label(), said.row(place)[*class]);
            let pixels = model.saliency(self, *index, *class)?;
            pictures.extend([original, self.heated(&map)?.label(label), self.heated(&pixels)?.label(pixels.label())]);
        }
        Ok(rows_of(pictures, 3))
    }

    /// A figure of the `count` pictures that a network was most certain of and wrong about: each beside what speaks for the class
    /// that it was taken for, and for its own class, by Grad-CAM.
    ///
    /// # Errors
    /// [`ImagesError::OtherPictures`] if the evaluation is of another set; as [`Network::grad_cam`].
    pub fn explain_mistakes(
        &self,
        model: &Network,
        evaluation: &Evaluation,
        count: usize,
    ) -> Result<ImageGrid, ImagesError> {
        self.check_evaluated(evaluation)?;
        let mut pictures = Vec::new();
        for mistake in crate::mistakes::surest(evaluation).into_iter().take(count) {
            let index = mistake.index;
            let taken_for = model.grad_cam(self, index, mistake.said)?;
            let own = model.grad_cam(self, index, mistake.label)?;
            let name = &own.class_name;
            let said = format!("{} ({:.2})", taken_for.label(), mistake.probability);
            pictures.extend([
                self.picture(index)?.labelled(name),
                self.heated(&taken_for)?.label(said),
                self.heated(&own)?.label(own.label()),
            ]);
        }
        Ok(rows_of(pictures, 3))
    }

    /// A figure of the `count` pictures that excite a channel of a layer the most, each with the channel's largest value: what a
    /// filter looks for. [`Network::most_activating`] says how layers and channels are named.
    ///
    /// # Errors
    /// As [`Network::most_activating`].
    pub fn most_activating(
        &self,
        model: &Network,
        layer: &str,
        channel: usize,
        count: usize,
    ) -> Result<ImageGrid, ImagesError> {
        let found = model.most_activating(layer, channel, self, count)?;
        let labelled = |(index, value): &(usize, f32)| Ok(self.picture(*index)?.labelled(format!("{value:.2}")));
        let pictures = found.iter().map(labelled).collect::<Result<Vec<_>, ImagesError>>()?;
        Ok(ImageGrid::new(pictures).title(format!("Strongest for channel {channel} of {layer}")))
    }

    /// The picture of an explanation under its heat.
    fn heated(&self, explanation: &Explanation) -> Result<Picture, ImagesError> {
        let heat = explanation.resized(self.size());
        Ok(self.picture(explanation.index)?.labelled("").heated(&heat).expect("one amount for each pixel"))
    }

    fn label_of(&self, index: usize) -> usize {
        cuaderno_nn::Examples::label(self, index)
    }
}

/// Pictures of which so many belong together: two lots in a row, where there are two.
fn rows_of(pictures: Vec<Picture>, together: usize) -> ImageGrid {
    let lots = (pictures.len() / together).clamp(1, 2);
    ImageGrid::new(pictures).columns(together * lots)
}
