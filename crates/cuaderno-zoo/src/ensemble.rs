//! Several networks that decide together.

use crate::design::Design;
use crate::score::scored;
use crate::{Features, ZooError};
use cuaderno_display::interrupt;
use cuaderno_nn::{Evaluation, Examples, Fit, Network, NetworkError, Predictions, Subset};
use cuaderno_plot::Line;

/// Networks for the same classes, and how their answers become one.
///
/// ```no_run
/// # use cuaderno_nn::{Examples, Fit, cnn};
/// # use cuaderno_zoo::Ensemble;
/// # fn run(train: &dyn Examples, test: &dyn Examples) -> Result<(), cuaderno_zoo::ZooError> {
/// cnn! { Small: [3, 32, 32] => [conv2d(8, 3), relu, max_pool(2), flatten, dense(10), softmax] }
/// let bagged = Ensemble::bagging(&Small::new(1), 5, train, &Fit::new().epochs(10))?;
/// println!("{:.3}", bagged.evaluate(test)?.accuracy);
/// bagged.error_by_size(test)?
/// # ; Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Ensemble {
    members: Vec<Network>,
    /// How much each member counts.
    weights: Vec<f32>,
    /// Takes the members' probabilities, one after the other, where it was learned how to combine them.
    combiner: Option<Network>,
}

impl Ensemble {
    /// The mean of the models' probabilities.
    ///
    /// # Errors
    /// If there is no model, or they differ in input or number of classes.
    pub fn average(models: &[&Network]) -> Result<Self, ZooError> {
        let Some(first) = models.first() else {
            return Err(NetworkError::Setting {
                setting: "the list of models",
                found: "empty".into(),
                advice: "give two or more".into(),
            }
            .into());
        };
        for model in models {
            if !(model.input().same_as(first.input()) && model.output().same_as(first.output())) {
                let shapes = |model: &Network| format!("{} to {}", model.input(), model.output());
                let found = format!("{} ({}) beside {} ({})", first.name(), shapes(first), model.name(), shapes(model));
                let advice = "members take the same pictures and know the same classes".into();
                return Err(NetworkError::Setting { setting: "the list of models", found, advice }.into());
            }
        }
        let members: Vec<Network> = models.iter().map(|model| (*model).clone()).collect();
        Ok(Self { weights: vec![1.0; members.len()], members, combiner: None })
    }

    /// Bagging (Breiman, 1996): `count` networks with the model's layers, each from other starting weights, each trained on as
    /// many examples as there are, drawn with repetition. Seeds follow the model's seed; files get the member's number behind
    /// their names. An interrupt leaves the members that were finished.
    ///
    /// # Errors
    /// Those of [`Network::fit`]; if `count` is 0; [`NetworkError::Interrupted`] if no member was finished.
    pub fn bagging(model: &Network, count: usize, train: &dyn Examples, how: &Fit) -> Result<Self, ZooError> {
        let chances = vec![1.0; train.len()];
        let mut members = Vec::new();
        for number in 0..count as u64 {
            let seed = model.seed().wrapping_add(number);
            let mut member = Network::new(model.layers().clone(), seed);
            member.fit(&Subset::resampled(train, &chances, seed)?, &how.numbered(members.len() + 1))?;
            if interrupt::requested() {
                break;
            }
            members.push(member);
        }
        Self::finished(&members, count)
    }

    /// Boosting (AdaBoost for several classes, SAMME: Zhu and others, 2009): each network is trained on examples drawn by their
    /// weights, which grow where the one before was wrong; each counts by its error. Ends early when a network is no better
    /// than guessing. Files get the member's number behind their names. An interrupt leaves the members that were finished.
    ///
    /// # Errors
    /// Those of [`Network::fit`]; if `count` is 0; [`NetworkError::Interrupted`] if no member was finished.
    pub fn boosting(model: &Network, count: usize, train: &dyn Examples, how: &Fit) -> Result<Self, ZooError> {
        let classes = train.class_names().len() as f64;
        let mut chances = vec![1.0 / train.len().max(1) as f64; train.len()];
        let (mut members, mut weights): (Vec<Network>, Vec<f32>) = (Vec::new(), Vec::new());
        for number in 0..count as u64 {
            let seed = model.seed().wrapping_add(number);
            let mut member = Network::new(model.layers().clone(), seed);
            member.fit(&Subset::resampled(train, &chances, seed)?, &how.numbered(members.len() + 1))?;
            let said = member.predict(train);
            if interrupt::requested() {
                break;
            }
            let said = said?.classes;
            let is_wrong = |index: usize| said.get(index) != Some(&train.label(index));
            let total: f64 = chances.iter().sum();
            let error: f64 = chances.iter().enumerate().filter(|(i, _)| is_wrong(*i)).map(|(_, chance)| chance).sum();
            // A network without any error would count infinitely much.
            let error = (error / total).max(1e-6);
            let weight = libm::log((1.0 - error) / error) + libm::log(classes - 1.0);
            if weight <= 0.0 && !members.is_empty() {
                break;
            }
            members.push(member);
            weights.push(weight.max(f64::from(f32::MIN_POSITIVE)) as f32);
            for (_, chance) in chances.iter_mut().enumerate().filter(|(index, _)| is_wrong(*index)) {
                *chance *= libm::exp(weight);
            }
            let total: f64 = chances.iter().sum();
            chances.iter_mut().for_each(|chance| *chance /= total);
        }
        Ok(Self { weights, ..Self::finished(&members, count)? })
    }

    /// The members that were trained before an interrupt, if one came.
    fn finished(members: &[Network], count: usize) -> Result<Self, ZooError> {
        if members.is_empty() && interrupt::requested() {
            return Err(NetworkError::Interrupted { done: 0, total: count, what: "networks", kept: false }.into());
        }
        Self::average(&members.iter().collect::<Vec<_>>())
    }

    /// Stacking (Wolpert, 1992): a softmax layer learns, on examples that the models were not trained on, how to combine their
    /// probabilities.
    ///
    /// # Errors
    /// Those of [`average`](Self::average) and of [`Network::fit`]; [`NetworkError::Interrupted`] if an interrupt came.
    pub fn stacking(models: &[&Network], held_out: &dyn Examples, how: &Fit) -> Result<Self, ZooError> {
        let mut ensemble = Self::average(models)?;
        let answers = ensemble.answers(held_out)?;
        let classes = held_out.class_names().len();
        let layers = Design::combiner(models.len() * classes, classes);
        let mut combiner = Network::new(layers, models[0].seed());
        combiner.fit(&Features::beside(&answers, held_out), how)?;
        if interrupt::requested() {
            return Err(NetworkError::Interrupted { done: 0, total: 1, what: "combiners", kept: false }.into());
        }
        ensemble.combiner = Some(combiner);
        Ok(ensemble)
    }

    /// The networks.
    pub fn members(&self) -> &[Network] {
        &self.members
    }

    /// The class probabilities of every example.
    ///
    /// # Errors
    /// If the examples do not fit the members.
    pub fn predict(&self, examples: &dyn Examples) -> Result<Predictions, ZooError> {
        let answers = self.answers(examples)?;
        match &self.combiner {
            Some(combiner) => Ok(combiner.predict(&Features::beside(&answers, examples))?),
            None => Ok(self.mean(&answers)),
        }
    }

    /// Loss and accuracy on labelled examples, and everything that follows from the predictions.
    ///
    /// # Errors
    /// If the examples do not fit the members.
    pub fn evaluate(&self, examples: &dyn Examples) -> Result<Evaluation, ZooError> {
        Ok(scored(self.predict(examples)?, examples))
    }

    /// The share of wrong answers of the first one, two, … members together, as a figure.
    ///
    /// # Errors
    /// If the examples do not fit the members, or the ensemble learned how to combine all of them.
    pub fn error_by_size(&self, examples: &dyn Examples) -> Result<Line, ZooError> {
        if self.combiner.is_some() {
            return Err(NetworkError::Setting {
                setting: "the ensemble",
                found: "stacked".into(),
                advice: "its combiner needs all members; compare sizes of an average or of bagging".into(),
            }
            .into());
        }
        let answers = self.answers(examples)?;
        let error = |size: usize| 1.0 - f64::from(scored(self.mean(&answers[..size]), examples).accuracy);
        let sizes: Vec<usize> = (1..=answers.len()).collect();
        let errors: Vec<f64> = sizes.iter().map(|size| error(*size)).collect();
        let sizes: Vec<f64> = sizes.into_iter().map(|size| size as f64).collect();
        let line = Line::new(sizes, errors).expect("one error for each size");
        Ok(line.title("Error against size of the ensemble").x_label("members").y_label("share of wrong answers"))
    }

    fn answers(&self, examples: &dyn Examples) -> Result<Vec<Predictions>, ZooError> {
        self.members.iter().map(|member| Ok(member.predict(examples)?)).collect()
    }

    /// The weighted mean of some members' probabilities.
    fn mean(&self, answers: &[Predictions]) -> Predictions {
        let class_names = answers[0].class_names.clone();
        let mut probabilities = vec![0.0; answers[0].probabilities.len()];
        let total: f32 = self.weights[..answers.len()].iter().sum();
        for (answer, weight) in answers.iter().zip(&self.weights) {
            probabilities.iter_mut().zip(&answer.probabilities).for_each(|(sum, p)| *sum += p * weight / total);
        }
        let best = |row: &[f32]| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b]).then(b.cmp(a))).unwrap_or(0);
        let classes = probabilities.chunks_exact(class_names.len()).map(best).collect();
        Predictions { probabilities, classes, class_names }
    }
}
