//! The trainable parameters as one dfdx tensor, for dfdx's optimizers.
//!
//! dfdx lends no slice of a tensor's data, so the network computes on its own copy. The tensor is made when dfdx first asks
//! for it; from then on each side is brought up to date after the other has changed.

use dfdx::prelude::{Cpu, Rank1, Tensor, TensorFromVec};
use std::any::Any;
use std::sync::OnceLock;

/// A tensor of any length.
trait AnyTensor: Any + Send + Sync {
    fn read(&self) -> Vec<f32>;
    fn write(&mut self, values: &[f32]);
}

impl<const N: usize> AnyTensor for Tensor<Rank1<N>, f32, Cpu> {
    fn read(&self) -> Vec<f32> {
        self.as_vec()
    }

    fn write(&mut self, values: &[f32]) {
        self.copy_from(values);
    }
}

/// Perhaps a tensor, and who changed it last.
#[derive(Default)]
pub(super) struct Mirror {
    tensor: OnceLock<Box<dyn AnyTensor>>,
    /// Whether dfdx may have changed it since the network last looked.
    changed: bool,
}

impl Mirror {
    /// The tensor, made from these values if it is new.
    pub fn get<const N: usize>(&self, values: &[f32]) -> &Tensor<Rank1<N>, f32, Cpu> {
        let boxed = self.tensor.get_or_init(|| {
            let tensor: Tensor<Rank1<N>, f32, Cpu> =
                Cpu::default().tensor_from_vec(values.to_vec(), Default::default());
            Box::new(tensor)
        });
        let any: &dyn Any = &**boxed;
        any.downcast_ref().expect("a network has one number of parameters")
    }

    /// The tensor, for dfdx to change.
    pub fn get_mut<const N: usize>(&mut self, values: &[f32]) -> &mut Tensor<Rank1<N>, f32, Cpu> {
        self.get::<N>(values);
        self.changed = true;
        let boxed = self.tensor.get_mut().expect("just made");
        let any: &mut dyn Any = &mut **boxed;
        any.downcast_mut().expect("a network has one number of parameters")
    }

    /// What dfdx made of the parameters, if it may have changed them.
    pub fn changes(&self) -> Option<Vec<f32>> {
        let tensor = self.tensor.get().filter(|_| self.changed)?;
        Some(tensor.read())
    }

    /// Brings the tensor up to date.
    pub fn set(&mut self, values: &[f32]) {
        self.changed = false;
        if let Some(tensor) = self.tensor.get_mut() {
            tensor.write(values);
        }
    }
}

/// A copy of a network is another network: its tensor gets an identity of its own.
impl Clone for Mirror {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Mirror {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mirror").field("changed", &self.changed).finish_non_exhaustive()
    }
}
