//! Where a network looked: which parts of a picture speak for a class.

use crate::network::{Graph, Memory, Mode, Pass, Slot};
use crate::train::{Batch, check_input, fill};
use crate::{Examples, Network, NetworkError, Subset};
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_plot::{ImageGrid, Picture};

/// How much each place of a picture speaks for a class; an `ImageSet` draws it over the picture: `explained`, `explain`.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The picture's place among the examples.
    pub index: usize,
    /// The class that is explained.
    pub class: usize,
    /// Its name.
    pub class_name: String,
    /// How.
    pub method: Method,
    /// `[height, width]` of the values: the layer's for Grad-CAM, the picture's for saliency.
    pub size: [usize; 2],
    /// One for each place, row by row, 0 or more, in units of the method.
    pub values: Vec<f32>,
}

/// A way to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// The output of a layer, channels weighed by how the class's score depends on them (Selvaraju et al., 2017).
    GradCam {
        /// The layer, as its tensors are named.
        layer: String,
    },
    /// How much the class's score changes with each pixel (Simonyan et al., 2014).
    Saliency,
}

/// A class of a network: its place from 0, or its name.
pub trait ClassChoice {
    /// Its place among the names.
    ///
    /// # Errors
    /// If there is no such class.
    fn place(&self, names: &[String]) -> Result<usize, NetworkError>;
}

impl ClassChoice for usize {
    fn place(&self, names: &[String]) -> Result<usize, NetworkError> {
        let advice = || format!("there are {} classes, counted from 0", names.len());
        let wrong = || NetworkError::Setting { setting: "the class", found: self.to_string(), advice: advice() };
        (*self < names.len()).then_some(*self).ok_or_else(wrong)
    }
}

impl ClassChoice for str {
    fn place(&self, names: &[String]) -> Result<usize, NetworkError> {
        let names_of = || names.iter().map(String::as_str);
        names_of().position(|name| name == self).ok_or_else(|| NetworkError::unknown("the class", self, names_of()))
    }
}

impl ClassChoice for String {
    fn place(&self, names: &[String]) -> Result<usize, NetworkError> {
        self.as_str().place(names)
    }
}

impl<C: ClassChoice + ?Sized> ClassChoice for &C {
    fn place(&self, names: &[String]) -> Result<usize, NetworkError> {
        (**self).place(names)
    }
}

impl Network {
    /// Which regions of a picture speak for a class: Grad-CAM at the last layer that puts out pictures, `ReLU(Σ αₖ Aₖ)`, where
    /// `Aₖ` are the layer's channels and `αₖ` the mean over all places of the derivative of the class's score (before a final
    /// softmax or sigmoid) with respect to them. The layer's output is taken with its normalization and activation, before pooling.
    ///
    /// The class is one of the examples', by its place from 0 or its name; where they have none, of the network's.
    ///
    /// ```
    /// # use cuaderno_nn::cnn;
    /// cnn! { Small: [3, 8, 8] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(2), softmax] }
    /// # fn run(model: &Small, test: &dyn cuaderno_nn::Examples) -> Result<(), cuaderno_nn::NetworkError> {
    /// let map = model.grad_cam(test, 0, "bear")?;
    /// assert_eq!(map.size, [6, 6]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If the examples do not fit, there is no such example or class, or no layer puts out pictures.
    pub fn grad_cam(
        &self,
        examples: &dyn Examples,
        index: usize,
        class: impl ClassChoice,
    ) -> Result<Explanation, NetworkError> {
        self.grad_cam_dyn(None, examples, index, &class)
    }

    /// The same at another layer, named as in [`outputs_of`](Self::outputs_of): earlier ones see finer detail.
    ///
    /// # Errors
    /// As [`grad_cam`](Self::grad_cam); if there is no such layer, or it puts out a row.
    pub fn grad_cam_at(
        &self,
        layer: &str,
        examples: &dyn Examples,
        index: usize,
        class: impl ClassChoice,
    ) -> Result<Explanation, NetworkError> {
        self.grad_cam_dyn(Some(layer), examples, index, &class)
    }

    /// How much the class's score (before a final softmax or sigmoid) changes with each pixel: the largest absolute derivative of
    /// its channels. The class is named as in [`grad_cam`](Self::grad_cam).
    ///
    /// # Errors
    /// If the examples do not fit, or there is no such example or class.
    pub fn saliency(
        &self,
        examples: &dyn Examples,
        index: usize,
        class: impl ClassChoice,
    ) -> Result<Explanation, NetworkError> {
        self.saliency_dyn(examples, index, &class)
    }

    fn grad_cam_dyn(
        &self,
        layer: Option<&str>,
        examples: &dyn Examples,
        index: usize,
        class: &dyn ClassChoice,
    ) -> Result<Explanation, NetworkError> {
        let (class, class_name) = self.class_of(examples, index, class)?;
        let graph = Graph::unpooled(self.layers().clone());
        let node = match layer {
            Some(layer) => graph.find(layer)?,
            None => last_pictures(&graph).ok_or_else(|| NetworkError::Setting {
                setting: "the network",
                found: format!("{}, without a layer that puts out pictures", self.name()),
                advice: "Grad-CAM needs a convolution; `saliency` works with any network".into(),
            })?,
        };
        let (slot, layer) = (graph.nodes[node].output, graph.nodes[node].name.clone());
        let shape = graph.slots[slot];
        if !shape.is_image() {
            let found = format!("{layer}, a row {shape}");
            let advice = "Grad-CAM looks at layers before `flatten`".into();
            return Err(NetworkError::Setting { setting: "the layer", found, advice });
        }
        let (values, gradient) = self.derivative(&graph, slot, examples, index, class)?;
        let (channels, places) = (shape.channels(), values.len() / shape.channels());
        let mut means = vec![0.0f64; channels];
        for gradients in gradient.chunks_exact(channels) {
            means.iter_mut().zip(gradients).for_each(|(mean, g)| *mean += f64::from(*g) / places as f64);
        }
        let weighed = |values: &[f32]| {
            let sum: f64 = values.iter().zip(&means).map(|(value, mean)| f64::from(*value) * mean).sum();
            sum.max(0.0) as f32
        };
        let values = values.chunks_exact(channels).map(weighed).collect();
        Ok(Explanation { index, class, class_name, method: Method::GradCam { layer }, size: shape.size(), values })
    }

    fn saliency_dyn(
        &self,
        examples: &dyn Examples,
        index: usize,
        class: &dyn ClassChoice,
    ) -> Result<Explanation, NetworkError> {
        let (class, class_name) = self.class_of(examples, index, class)?;
        let (_, gradient) = self.derivative(&self.graph, 0, examples, index, class)?;
        let pixel = |channels: &[f32]| channels.iter().fold(0.0, |largest: f32, g| largest.max(g.abs()));
        let values = gradient.chunks_exact(self.input().channels()).map(pixel).collect();
        Ok(Explanation { index, class, class_name, method: Method::Saliency, size: self.input().size(), values })
    }

    /// The class, and its name, after a look at what is asked.
    fn class_of(
        &self,
        examples: &dyn Examples,
        index: usize,
        class: &dyn ClassChoice,
    ) -> Result<(usize, String), NetworkError> {
        check_input(self, examples, "explained")?;
        if index >= examples.len() {
            let advice = format!("there are {} examples, counted from 0", examples.len());
            return Err(NetworkError::Setting { setting: "the example", found: index.to_string(), advice });
        }
        let known = self.known_classes()?;
        let named = examples.class_names().len() == known.len();
        let names = if named { examples.class_names() } else { &known };
        let class = class.place(names)?;
        Ok((class, names[class].clone()))
    }

    /// The values of a slot for one example, and the derivative of a class's score with respect to them.
    fn derivative(
        &self,
        graph: &Graph,
        slot: Slot,
        examples: &dyn Examples,
        index: usize,
        class: usize,
    ) -> Result<(Vec<f32>, Vec<f32>), NetworkError> {
        let mut batch = Batch::default();
        fill(&Subset::new(examples, index..index + 1).plain(), &[0], 0, &mut batch);
        let mut pass = Pass { batch: 1, ..Pass::new(graph) };
        pass.values[0] = batch.images;
        let (weights, end) = (self.current(), graph.logits_end);
        graph.forward(&weights, Mode::Infer(&self.state), 0, end, &mut pass, &mut Memory::default());
        // A single score is for the second class, and so against the first.
        let outputs = self.output().len();
        let d_score = |output: usize| match outputs {
            1 => 2.0 * class as f32 - 1.0,
            _ => f32::from(u8::from(output == class)),
        };
        let d_scores = (0..outputs).map(d_score).collect();
        let gradient = graph.gradient_at(slot, (&weights, &self.state), end, d_scores, &pass);
        let values = pass.slot(graph, slot).to_vec();
        Ok((values, gradient.unwrap_or_else(|| vec![0.0; graph.slot_len(slot, 1)])))
    }
}

/// The last operation whose output has the shape of the last convolution's: its normalization and activation are behind it,
/// poolings are not.
fn last_pictures(graph: &Graph) -> Option<usize> {
    let before_scores = &graph.nodes[..graph.logits_end];
    let kernel =
        |name: &str| graph.tensors.iter().any(|t| t.shape.len() == 4 && t.name.starts_with(&format!("{name}/")));
    let convolution = before_scores.iter().rfind(|node| kernel(&node.name))?;
    let shape = graph.slots[convolution.output];
    before_scores.iter().rposition(|node| graph.slots[node.output] == shape && !node.name.contains("pool"))
}

impl Explanation {
    /// The values at another size `[height, width]`, bilinear as TensorFlow's `tf.image.resize`, divided by the largest, so
    /// `0.0..=1.0`; zeros stay zeros.
    pub fn resized(&self, [height, width]: [usize; 2]) -> Vec<f32> {
        let largest = self.values.iter().copied().fold(0.0, f32::max);
        let scale = if largest > 0.0 { 1.0 / largest } else { 0.0 };
        let [own_height, own_width] = self.size;
        let rows: Vec<_> = (0..height).map(|row| between(row, height, own_height)).collect();
        let columns: Vec<_> = (0..width).map(|column| between(column, width, own_width)).collect();
        let at = |row: usize, column: usize| self.values[row * own_width + column] * scale;
        let mut values = Vec::with_capacity(height * width);
        for &(above, below, down) in &rows {
            for &(left, right, across) in &columns {
                let upper = at(above, left) * (1.0 - across) + at(above, right) * across;
                let lower = at(below, left) * (1.0 - across) + at(below, right) * across;
                values.push(upper * (1.0 - down) + lower * down);
            }
        }
        values
    }

    /// What it shows, in a few words: `Grad-CAM of bear`.
    pub fn label(&self) -> String {
        let method = match self.method {
            Method::GradCam { .. } => "Grad-CAM",
            Method::Saliency => "saliency",
        };
        format!("{method} of {}", self.class_name)
    }
}

/// The neighbours of a place on a line of another length, and how far it lies from the first to the second; centres of
/// pixels lie at halves.
fn between(place: usize, length: usize, own: usize) -> (usize, usize, f32) {
    let at = ((place as f32 + 0.5) * own as f32 / length as f32 - 0.5).clamp(0.0, (own - 1) as f32);
    let first = at as usize;
    (first, (first + 1).min(own - 1), at - first as f32)
}

impl Rich for Explanation {
    fn mime_bundle(&self) -> MimeBundle {
        let [height, width] = self.size;
        let picture = Picture::grey(width, height, &self.values).expect("one value for each place");
        ImageGrid::new([picture.label(self.label())]).mime_bundle()
    }
}
