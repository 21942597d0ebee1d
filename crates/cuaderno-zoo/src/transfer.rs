//! Other classes: a head behind the network, frozen and unfrozen layers, training.

use crate::design::Design;
use crate::{Features, Pretrained, ZooError};
use cuaderno_nn::{Evaluation, Examples, Fit, History, Network, Sequential, Trainable, free_memory};
use cuaderno_plot::ImageGrid;

impl Pretrained {
    /// This network with a head behind it, whose parameters are copied; the network itself is frozen.
    ///
    /// # Errors
    /// If there is a head or a top already, or the head takes another shape.
    pub fn with_head(&self, head: &Network) -> Result<Self, ZooError> {
        let output = self.check_headless()?;
        if !output.same_as(head.input()) {
            let advice = format!("begin the head's definition with {output}, or choose another pooling");
            return Err(
                self.unsuitable(format!("puts out {output}, but {} takes {}", head.name(), head.input()), advice)
            );
        }
        Ok(self.joined(head))
    }

    /// This network with a dense head behind it: `units` values with relu, then one score for each of `classes`; the network
    /// itself is frozen.
    ///
    /// # Errors
    /// If there is a head or a top already, there are no units, or fewer than two classes.
    pub fn with_dense(&self, units: usize, classes: usize, seed: u64) -> Result<Self, ZooError> {
        let output = self.check_headless()?;
        if units == 0 || classes < 2 {
            let advice = "use 1 unit or more, and 2 classes or more".into();
            return Err(self.unsuitable(format!("gets a head of {units} units and {classes} classes"), advice));
        }
        Ok(self.joined(&Network::new(Design::dense_head(output, units, classes), seed)))
    }

    fn check_headless(&self) -> Result<cuaderno_nn::Shape, ZooError> {
        match (self.design.has_top, &self.head) {
            (true, _) => Err(self.unsuitable("has a top", "leave out .with_top(…) to put a head behind it".into())),
            (_, Some(head)) => {
                Err(self
                    .unsuitable(format!("has the head {} already", head.name()), "use the network without it".into()))
            }
            _ => Ok(self.network.output()),
        }
    }

    fn joined(&self, head: &Network) -> Self {
        let mut network = Network::new(self.design.with_head(Some(head.layers())), head.seed());
        let values = [self.network.tensor_values(), head.tensor_values()].concat();
        network.set_tensor_values(&values);
        network.freeze(self.design.len());
        network.keep_statistics(self.design.len());
        Self { network, head: Some(head.layers().clone()), ..self.clone() }
    }

    /// Freezes the whole network, all but the head.
    pub fn freeze_base(&mut self) {
        self.network.keep_statistics(self.design.len());
        self.network.freeze(self.design.len());
    }

    /// Unfreezes the last `count` layers of the network, counted as Keras lists them (activations and additions too, a pooling
    /// not), and freezes those before. Batch normalization goes on using its running statistics, as in Keras with
    /// `base(inputs, training=False)`: those of a small batch would be others than those the head was trained on.
    ///
    /// # Errors
    /// If there are fewer layers.
    pub fn unfreeze_last(&mut self, count: usize) -> Result<(), ZooError> {
        let is_pooling = |name: &str| name.starts_with("global_");
        let layers: Vec<&str> = self.layer_names().into_iter().filter(|name| !is_pooling(name)).collect();
        let Some(start) = layers.len().checked_sub(count) else {
            let advice = format!("unfreeze at most {}", layers.len());
            return Err(self.unsuitable(format!("has {} layers, not {count}", layers.len()), advice));
        };
        let path = layers[start..].iter().find_map(|name| self.path(name));
        self.freeze_base();
        match path {
            Some(path) => Ok(self.network.freeze_before(&path)?),
            None => Ok(()),
        }
    }

    /// Unfreezes everything from a layer or block on, `block5` or `block_16_expand`, and freezes what comes before.
    /// Batch normalization is treated as by [`unfreeze_last`](Self::unfreeze_last).
    ///
    /// # Errors
    /// If no layer has a name that begins so.
    pub fn unfreeze_from(&mut self, name: &str) -> Result<(), ZooError> {
        let belongs = |layer: &str| layer == name || layer.starts_with(&format!("{name}_"));
        let path = self.layer_names().into_iter().filter(|layer| belongs(layer)).find_map(|layer| self.path(layer));
        let Some(path) = path else {
            let blocks: Vec<&str> = self.design.blocks.iter().map(|block| block.name.as_str()).collect();
            let advice = format!("use a name of .layer_names(), or one of the blocks {}", blocks.join(", "));
            return Err(self.unsuitable(format!("has no layers with parameters {name:?}"), advice));
        };
        self.freeze_base();
        Ok(self.network.freeze_before(&path)?)
    }

    /// Unfreezes everything, running statistics included, as for training from random weights.
    pub fn unfreeze(&mut self) {
        self.network.keep_statistics(0);
        self.network.freeze(0);
    }

    /// What the network calls a layer of Keras's; nothing for one without parameters.
    pub(crate) fn path(&self, keras: &str) -> Option<String> {
        let position = self.design.with_parameters().position(|layer| layer.keras == keras)?;
        let mut places = self.network.tensors().filter_map(|(name, _)| Some(name.rsplit_once('/')?.0));
        let mut last = places.next()?;
        for _ in 0..position {
            last = places.find(|place| *place != last)?;
        }
        Some(last.to_owned())
    }

    /// What each channel of a layer makes of one picture, as a figure; layers by Keras's names: `block1_conv1`.
    ///
    /// # Errors
    /// If there is no layer of that name with parameters, or no such picture.
    pub fn feature_maps(&self, layer: &str, pictures: &dyn Examples, index: usize) -> Result<ImageGrid, ZooError> {
        let path = self.path(layer).unwrap_or_else(|| layer.to_owned());
        Ok(self.network.feature_maps(&path, pictures, index)?.title(format!("{} of {}", layer, self.design.name)))
    }

    /// A convolution's filters as a figure; layers by Keras's names: `block1_conv1`. See [`Network::filters`].
    ///
    /// # Errors
    /// If there is no convolution of that name.
    pub fn filters(&self, layer: &str) -> Result<ImageGrid, ZooError> {
        let path = self.path(layer).unwrap_or_else(|| layer.to_owned());
        Ok(self.network.filters(&path)?.title(format!("Filters of {layer} of {}", self.design.name)))
    }

    /// Trains what is not frozen. Of pictures that are the same in every epoch, what the frozen blocks make of them is computed
    /// once, if it fits into half of the free memory. Says beforehand how much memory it takes.
    ///
    /// # Errors
    /// Those of [`Network::fit`]; if training would take more memory than there is; if the pictures' values do not go from 0 to 1.
    pub fn fit(&mut self, train: &dyn Examples, how: &Fit) -> Result<History, ZooError> {
        self.network.check_fit(train, how)?;
        for pictures in [Some(train), how.validation_examples()].into_iter().flatten() {
            self.check_range(pictures)?;
        }
        let layers = self.network.frozen_layers();
        let validation = how.validation_examples();
        let pictures = train.len() + validation.map_or(0, Examples::len);
        let shape = layers.checked_sub(1).and_then(|last| self.network.layers().shapes().nth(last));
        let bytes = shape.map_or(0, |shape| shape.len() * pictures * size_of::<f32>());
        let varies = how.is_mixing() || train.varies() || validation.is_some_and(Examples::varies);
        // Preprocessing alone is not worth keeping.
        let is_kept = layers > 1 && !varies && bytes < free_memory() / 2;
        if !is_kept {
            self.state_memory(&self.network, how, 0)?;
            return Ok(self.network.fit(train, how)?);
        }
        let mut tail = self.network.tail(self.tail_layers(layers));
        self.state_memory(&tail, how, bytes)?;
        let features = |pictures| Features::new(&self.network, layers, pictures, how.is_quiet());
        let (train, validation) = (features(train)?, validation.map(features).transpose()?);
        let how = match &validation {
            Some(features) => how.clone().validation(features),
            None => how.clone(),
        };
        let history = tail.fit(&train, &how);
        // What was learnt before an error is kept, as without a frozen part.
        self.network.set_tail(&tail);
        Ok(history?)
    }

    /// The layers behind the first `layers`.
    fn tail_layers(&self, layers: usize) -> Sequential {
        match &self.head {
            Some(head) if layers == self.design.len() => head.clone(),
            head => self.design.without_first(layers, head.as_ref()),
        }
    }

    /// Says how much memory training takes, or refuses what cannot go well.
    fn state_memory(&self, network: &Network, how: &Fit, features: usize) -> Result<(), ZooError> {
        let (needed, free) = (network.training_memory(how).total() + features, free_memory());
        let gigabytes = |bytes: usize| format!("{:.1} GB", bytes as f64 / 1e9);
        if needed > free {
            let problem = format!("needs about {} to train, and {} are free", gigabytes(needed), gigabytes(free));
            return Err(self.unsuitable(problem, "use smaller batches or pictures, or unfreeze fewer layers".into()));
        }
        if !how.is_quiet() {
            let cached = if features > 0 { ", features of the frozen layers included" } else { "" };
            // Upwards, and without what is free at the moment: a report that is run again says the same.
            let most = (needed as f64 / 1e8).ceil() / 10.0;
            println!("{}: training takes at most {most:.1} GB of memory{cached}", self.name());
        }
        Ok(())
    }
}

impl Trainable for Pretrained {
    type Error = ZooError;

    fn fit(&mut self, train: &dyn Examples, how: &Fit) -> Result<History, ZooError> {
        self.fit(train, how)
    }

    fn evaluate(&self, examples: &dyn Examples) -> Result<Evaluation, ZooError> {
        self.evaluate(examples)
    }
}
