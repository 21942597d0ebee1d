//! What layers put out, without any class behind it: features, feature maps.

use super::predict::{BATCH, for_each_output};
use crate::network::{Memory, Plan};
use crate::train::check_input;
use crate::{Examples, Network, NetworkError, Shape};
use cuaderno_display::Progress;

impl Network {
    /// What the network puts out for every example, one after the other; pictures channels last, a final softmax or sigmoid
    /// included.
    ///
    /// # Errors
    /// If the examples have another shape than the input, or an interrupt came.
    pub fn outputs(&self, examples: &dyn Examples) -> Result<Vec<f32>, NetworkError> {
        self.outputs_after(self.stack().layers().len(), examples)
    }

    /// What the first `layers` layers make of every example, one after the other; pictures channels last.
    ///
    /// # Errors
    /// If the examples have another shape than the input, or an interrupt came.
    pub fn outputs_after(&self, layers: usize, examples: &dyn Examples) -> Result<Vec<f32>, NetworkError> {
        check_input(self, examples, "input")?;
        let last = self.plan.nodes.iter().rfind(|node| node.layer <= layers);
        let slot = last.map_or(0, |node| node.output);
        let mut progress = Progress::new(format!("{}: features", self.name()), examples.len() as u64, "images");
        let mut outputs = Vec::new();
        let mut done = 0;
        for_each_output(self, &self.plan, examples, BATCH, slot, &mut Memory::default(), |values, labels| {
            outputs.extend_from_slice(values);
            done += labels.len();
            progress.step(labels.len() as u64);
        });
        progress.finish();
        match examples.len() {
            total if done < total => Err(NetworkError::Interrupted { done, total }),
            _ => Ok(outputs),
        }
    }

    /// What one layer makes of one example: its shape and values, channels last. The layer is named as its tensors are,
    /// `1_conv2d`, inside a nested model `2_model/1_conv2d`. An activation behind a convolution, dense layer or normalization
    /// is part of that layer.
    ///
    /// # Errors
    /// If the examples do not fit, or there is no such layer or example.
    pub fn activations(
        &self,
        layer: &str,
        examples: &dyn Examples,
        index: usize,
    ) -> Result<(Shape, Vec<f32>), NetworkError> {
        check_input(self, examples, "input")?;
        if index >= examples.len() {
            let advice = format!("there are {} examples, counted from 0", examples.len());
            return Err(NetworkError::Setting { setting: "the example", found: index.to_string(), advice });
        }
        // Pooled convolutions keep their own output here.
        let plan = Plan::unpooled(self.stack());
        let node = plan.find(layer)?;
        let slot = plan.nodes[node].output;
        let one = crate::Subset::new(examples, index..index + 1);
        let mut values = Vec::new();
        for_each_output(self, &plan, &one, 1, slot, &mut Memory::default(), |found, _| values = found.to_vec());
        Ok((plan.slots[slot], values))
    }
}
