//! What a network looks at: feature maps and filters as figures.

use crate::{Examples, Network, NetworkError};
use cuaderno_plot::{ImageGrid, Picture};

/// Pictures in one figure; layers with more channels show the first ones.
const SHOWN: usize = 64;

impl Network {
    /// What each channel of a layer makes of one example, as grey pictures: black is the channel's least value, white its
    /// greatest. Layers are named as for [`activations`](Self::activations); at most 64 channels are shown.
    ///
    /// # Errors
    /// If the examples do not fit, there is no such layer or example, or the layer puts out a row.
    pub fn feature_maps(&self, layer: &str, examples: &dyn Examples, index: usize) -> Result<ImageGrid, NetworkError> {
        let (shape, values) = self.activations(layer, examples, index)?;
        if !shape.is_image() {
            let advice = "feature maps are what layers before `flatten` put out".into();
            return Err(NetworkError::Setting {
                setting: "the layer",
                found: format!("{layer}, a row {shape}"),
                advice,
            });
        }
        let (channels, [height, width]) = (shape.channels(), shape.size());
        Ok(grid(&values, channels, [height, width], format!("{layer}: maps {shape}")))
    }

    /// The filters of a convolution as grey pictures, one for each output channel, each the mean over its input channels; at
    /// most 64 are shown.
    ///
    /// # Errors
    /// If there is no convolution of that name.
    pub fn filters(&self, layer: &str) -> Result<ImageGrid, NetworkError> {
        let name = format!("{layer}/kernel");
        let tensors: Vec<(&str, &[usize])> = self.tensors().collect();
        let found = tensors.iter().position(|(tensor, shape)| *tensor == name && shape.len() == 4);
        let Some(position) = found else {
            let kernels = tensors.iter().filter(|(_, shape)| shape.len() == 4);
            let names: Vec<&str> = kernels.filter_map(|(tensor, _)| tensor.strip_suffix("/kernel")).collect();
            let advice = format!("convolutions are {}", names.join(", "));
            return Err(NetworkError::Setting { setting: "the layer", found: format!("{layer:?}"), advice });
        };
        let values = self.tensor_values().swap_remove(position);
        let &[height, width, inputs, outputs] = tensors[position].1 else { unreachable!("four axes were asked for") };
        // [height, width, inputs, outputs] to [height, width, outputs]
        let mut means = vec![0.0; height * width * outputs];
        for (row, means) in values.chunks_exact(inputs * outputs).zip(means.chunks_exact_mut(outputs)) {
            for filters in row.chunks_exact(outputs) {
                means.iter_mut().zip(filters).for_each(|(mean, w)| *mean += w / inputs as f32);
            }
        }
        Ok(grid(&means, outputs, [height, width], format!("{layer}: {outputs} filters")))
    }
}

/// Channels side by side, values `[height, width, channels]`.
fn grid(values: &[f32], channels: usize, [height, width]: [usize; 2], title: String) -> ImageGrid {
    let shown = channels.min(SHOWN);
    let picture = |channel: usize| {
        let values: Vec<f32> = values.iter().skip(channel).step_by(channels).copied().collect();
        Picture::grey(width, height, &values).expect("one value for each pixel")
    };
    let title = if shown < channels { format!("{title}, the first {shown}") } else { title };
    ImageGrid::new((0..shown).map(picture).collect::<Vec<_>>()).columns(8).title(title)
}
