//! What can be trained.

use crate::{Evaluation, Examples, Fit, History, Network, NetworkError};
use std::ops::DerefMut;

/// A model that learns from examples and is evaluated on others: a [`Network`], one of [`cnn!`](crate::cnn!), a pretrained one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be trained",
    label = "a network is needed: of `cnn!`, `Sequential`, or a pretrained one"
)]
pub trait Trainable {
    /// What can go wrong.
    type Error: From<NetworkError>;

    /// Trains it: [`Network::fit`].
    ///
    /// # Errors
    /// As there.
    fn fit(&mut self, train: &dyn Examples, how: &Fit) -> Result<History, Self::Error>;

    /// How good it is: [`Network::evaluate`].
    ///
    /// # Errors
    /// As there.
    fn evaluate(&self, examples: &dyn Examples) -> Result<Evaluation, Self::Error>;
}

impl Trainable for Network {
    type Error = NetworkError;

    fn fit(&mut self, train: &dyn Examples, how: &Fit) -> Result<History, NetworkError> {
        self.fit(train, how)
    }

    fn evaluate(&self, examples: &dyn Examples) -> Result<Evaluation, NetworkError> {
        self.evaluate(examples)
    }
}

/// Networks of `cnn!`.
impl<M: DerefMut<Target = Network>> Trainable for M {
    type Error = NetworkError;

    fn fit(&mut self, train: &dyn Examples, how: &Fit) -> Result<History, NetworkError> {
        (**self).fit(train, how)
    }

    fn evaluate(&self, examples: &dyn Examples) -> Result<Evaluation, NetworkError> {
        (**self).evaluate(examples)
    }
}
