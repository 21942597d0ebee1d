//! Cross-validation, grids and learning curves: who is trained on what, and going on from a file.

use crate::support::Squares;
use cuaderno_display::Rich;
use cuaderno_nn::{
    CrossValidation, Evaluation, Examples, Experiments, Fit, Grid, History, NetworkError, Optimizer, TrainingSizes,
    cnn, compare, repeat,
};
use cuaderno_plot::Figure;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

cnn! { Small: [3, 6, 6] => [flatten, dense(3), softmax] }

/// Squares of which each comes twice, one behind the other.
#[derive(Clone)]
struct Twice(Squares);

impl Examples for Twice {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }
    fn len(&self) -> usize {
        2 * self.0.len()
    }
    fn image_shape(&self) -> [usize; 3] {
        self.0.image_shape()
    }
    fn class_names(&self) -> &[String] {
        self.0.class_names()
    }
    fn label(&self, index: usize) -> usize {
        self.0.label(index / 2)
    }
    fn identity(&self, index: usize) -> usize {
        index / 2
    }
    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        self.0.write_image(index / 2, epoch, out);
    }
}

fn trained(train: &dyn Examples, test: &dyn Examples, seed: u64) -> Result<(History, Evaluation), NetworkError> {
    let mut model = Small::new(seed);
    let history = model.fit(train, &Fit::new().epochs(2).optimizer(Optimizer::adam(0.01)).quiet())?;
    Ok((history, model.evaluate(test)?))
}

#[test]
fn every_picture_is_held_back_once_beside_its_copy() {
    let pictures = Twice(Squares::new(31, 6, 3));
    let folds = CrossValidation::new(4, 7)
        .run(&pictures, |fold| {
            let identities = |part: &dyn Examples| (0..part.len()).map(|i| part.identity(i)).collect::<BTreeSet<_>>();
            let (train, test) = (identities(&fold.train), identities(&fold.test));
            assert!(train.is_disjoint(&test) && train.len() + test.len() == 31);
            assert_eq!(fold.seed, 6 + fold.number as u64);
            trained(&fold.train, &fold.test, fold.seed)
        })
        .unwrap();
    let mut places = folds.places.concat();
    places.sort_unstable();
    assert_eq!(places, (0..62).collect::<Vec<_>>());
    // Of 11, 10 and 10 pairs of each class, each fold has 2 or 3, as scikit-learn's StratifiedKFold would deal them out.
    for places in &folds.places {
        for class in 0..3 {
            let count = places.iter().filter(|place| pictures.label(**place) == class).count();
            assert!(count == 4 || count == 6, "{count} of class {class} in {places:?}");
        }
    }
    let all = folds.evaluation();
    assert_eq!(all.labels, (0..62).map(|place| pictures.label(place)).collect::<Vec<_>>());
    let right: usize =
        folds.runs.iter().map(|run| (run.test.accuracy * run.test.labels.len() as f32).round() as usize).sum();
    assert_eq!((all.accuracy * 62.0).round() as usize, right);
    assert!(folds.mime_bundle().plain().contains("all pictures: accuracy"), "{}", folds.mime_bundle().plain());
    let beside = compare(&[("one", &folds), ("the same", &folds)]).unwrap();
    assert_eq!(beside.models[1].p, Some(1.0));
}

#[test]
fn folds_go_on_from_a_file_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("folds.safetensors");
    let pictures = Squares::new(30, 6, 3);
    let validation = CrossValidation::new(3, 7).checkpoint(&path);
    let whole = CrossValidation::new(3, 7).run(&pictures, |fold| trained(&fold.train, &fold.test, fold.seed)).unwrap();
    let calls = Cell::new(0);
    let failing = validation.run(&pictures, |fold| {
        calls.set(calls.get() + 1);
        if fold.number == 3 {
            return Err(NetworkError::Empty { what: "test" });
        }
        trained(&fold.train, &fold.test, fold.seed)
    });
    assert!(failing.is_err() && calls.get() == 3);
    calls.set(0);
    let resumed = validation
        .run(&pictures, |fold| {
            calls.set(calls.get() + 1);
            trained(&fold.train, &fold.test, fold.seed)
        })
        .unwrap();
    assert_eq!(calls.get(), 1);
    let results = |folds: &cuaderno_nn::Folds| folds.runs.iter().map(|run| run.test.clone()).collect::<Vec<_>>();
    assert_eq!(results(&resumed), results(&whole));
    assert_eq!(resumed.runs[0].history.loss(), whole.runs[0].history.loss());
    let message =
        CrossValidation::new(3, 8).checkpoint(&path).run(&pictures, |_| unreachable!()).unwrap_err().to_string();
    assert!(message.contains("is not of this run") && message.contains("seed 8"), "{message}");
}

#[test]
fn folds_that_cannot_be_are_refused() {
    let says = |folds: usize, text: &str| {
        let message =
            CrossValidation::new(folds, 1).run(&Squares::new(6, 6, 3), |_| unreachable!()).unwrap_err().to_string();
        assert!(message.contains(text), "{message}");
    };
    says(1, "the number of folds is 1; take 2 or more, and no more than there are different pictures, 6");
    says(7, "the number of folds is 7");
    let message = CrossValidation::new(2, 1)
        .run(&Squares::new(6, 6, 3), |fold| {
            trained(&fold.train, &fold.train, 1).map(|(h, mut e)| {
                e.labels.pop();
                (h, e)
            })
        })
        .unwrap_err()
        .to_string();
    assert!(message.contains("evaluate on `fold.test`, which has 3"), "{message}");
}

#[test]
fn a_grid_tries_every_combination() {
    let (train, test) = (Squares::new(60, 6, 3), Squares::new(30, 6, 3));
    let grid = Grid::new(5).numbers("rate", &[1e-4, 0.05]).numbers("batch", &[8, 16]).choices("by", &["adam", "sgd"]);
    let search = grid
        .run(|point| {
            let how = Fit::new().epochs(3).batch_size(point.count("batch")?).quiet();
            let rate = point.number("rate")? as f32;
            let how = if point.choice("by")? == "adam" {
                how.optimizer(Optimizer::adam(rate))
            } else {
                how.optimizer(Optimizer::sgd(rate))
            };
            let mut model = Small::new(point.seed);
            Ok((model.fit(&train, &how)?, model.evaluate(&test)?))
        })
        .unwrap();
    let points: Vec<String> = search.points.iter().map(ToString::to_string).collect();
    assert_eq!(points.len(), 8);
    assert_eq!(
        (points[0].as_str(), points[7].as_str()),
        ("rate 0.0001, batch 8, by adam", "rate 0.05, batch 16, by sgd")
    );
    let best = search.runs.iter().map(|run| run.test.accuracy).fold(0.0, f32::max);
    let place = search.points.iter().position(|point| Some(point) == search.best()).unwrap();
    assert_eq!(search.runs[place].test.accuracy, best);
    let shown = search.mime_bundle().plain().to_owned();
    assert!(shown.starts_with("rate    batch  by") && shown.contains("best"), "{shown}");
    let message = search.points[0].number("rat").unwrap_err().to_string();
    assert!(message.contains("the grid has rate, batch, by; did you mean \"rate\"?"), "{message}");
    let message = search.points[0].count("rate").unwrap_err().to_string();
    assert!(message.contains("its value here is 0.0001, which is no whole number"), "{message}");
    assert!(Grid::new(1).run(|_| unreachable!()).unwrap_err().to_string().contains("add settings by `numbers`"));
}

#[test]
fn a_learning_curve_learns_from_growing_parts() {
    let (train, test) = (Squares::new(90, 6, 3), Squares::new(30, 6, 3));
    let mut seen: Vec<BTreeSet<usize>> = Vec::new();
    let curve = TrainingSizes::new(&[0.1, 0.5, 1.0], 3)
        .run(&train, |part| {
            seen.push(part.indices().iter().copied().collect());
            for class in 0..3 {
                let count = (0..part.len()).filter(|index| part.label(*index) == class).count();
                assert_eq!(3 * count, part.len());
            }
            trained(part, &test, 3)
        })
        .unwrap();
    assert_eq!(curve.images, [9, 45, 90]);
    assert!(seen[0].is_subset(&seen[1]) && seen[1].is_subset(&seen[2]));
    let text = curve.figure().describe();
    assert!(text.contains("test: 3 points") && text.contains("at 9 to"), "{text}");
    let message = TrainingSizes::new(&[1.5], 3).run(&train, |_| unreachable!()).unwrap_err().to_string();
    assert!(message.contains("a share of the training pictures is 1.5"), "{message}");
}

#[test]
fn a_log_of_experiments_becomes_a_table_and_comes_back_from_its_file() {
    let (train, test) = (Squares::new(60, 6, 3), Squares::new(30, 6, 3));
    let mut log = Experiments::new("squares,\tand more");
    for (name, seed) in [("first", 1), ("second\n100 %0A", 2), ("first", 3)] {
        let (history, result) = trained(&train, &test, seed).unwrap();
        log.add(name, &history, &result);
    }
    // The cell of the first was run again.
    assert_eq!(log.entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["first", "second\n100 %0A"]);
    let expected = trained(&train, &test, 3).unwrap().1;
    assert_eq!(log.entries[0].test, expected);
    let (difference, p) = log.change(1).unwrap();
    assert!((difference - f64::from(log.entries[1].test.accuracy - expected.accuracy)).abs() < 1e-6 && p.is_some());
    assert_eq!(log.change(0), None);
    assert!(log.mime_bundle().plain().contains("experiment"), "{}", log.mime_bundle().plain());
    assert!(log.figure().describe().contains("first"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.safetensors");
    log.save(&path).unwrap();
    assert_eq!(Experiments::open(&path).unwrap(), log);
    Small::new(1).save(&path).unwrap();
    let message = Experiments::open(&path).unwrap_err().to_string();
    assert!(message.contains("log.safetensors, which holds weights"), "{message}");
    Experiments::new("empty").save(&path).unwrap();
    assert_eq!(Experiments::open(&path).unwrap(), Experiments::new("empty"));
}

#[test]
fn an_experiment_that_is_run_is_one_that_is_added() {
    let (train, test) = (Squares::new(60, 6, 3), Squares::new(30, 6, 3));
    let how = Fit::new().epochs(3).optimizer(Optimizer::adam(0.01)).quiet();
    let (mut run, mut added) = (Experiments::new("log"), Experiments::new("log"));
    for (name, seed) in [("first", 1), ("second", 2)] {
        let found = run.run(name, &mut Small::new(seed), &train, &how, &test).unwrap();
        let mut model = Small::new(seed);
        added.add(name, &model.fit(&train, &how).unwrap(), &model.evaluate(&test).unwrap());
        assert_eq!((found.name.as_str(), found.test), (name, added.entries.last().unwrap().test.clone()));
    }
    let losses = |log: &Experiments| log.entries.iter().map(|entry| entry.history.loss()).collect::<Vec<_>>();
    assert_eq!(losses(&run), losses(&added));
    let [first, second] = [0, 1].map(|index| run.entries[index].test.clone());
    assert_eq!(run.comparison().unwrap(), compare(&[("first", &first), ("second", &second)]).unwrap());
    let best = if second.accuracy > first.accuracy { "second" } else { "first" };
    if first.accuracy != second.accuracy {
        assert_eq!(run.best().unwrap().name, best);
    }
    let turned = run.only(&["second", "first"]).unwrap();
    assert_eq!(turned.entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["second", "first"]);
    let message = run.only(&["secnd"]).unwrap_err().to_string();
    assert!(message.contains("there are first, second; did you mean \"second\"?"), "{message}");
}

#[test]
fn an_interrupted_experiment_is_not_logged() {
    let train = Squares::new(60, 6, 3);
    let mut log = Experiments::new("log");
    let mut model = Small::new(1);
    let how = Fit::new().epochs(5).on_epoch(|_| {
        cuaderno_display::interrupt::request();
        cuaderno_nn::Next::GoOn
    });
    let how = how.quiet();
    let folder = tempfile::tempdir().unwrap();
    let kept = how.clone().checkpoint(folder.path().join("run.safetensors"), 1);
    for (how, advice) in [(how, "to start over"), (kept, "to go on")] {
        let message = log.run("first", &mut model, &train, &how, &train).unwrap_err().to_string();
        cuaderno_display::interrupt::clear();
        assert!(message.contains("1 of 5 epochs") && message.contains(advice) && log.entries.is_empty(), "{message}");
    }
}

#[test]
fn a_fit_is_repeated_as_an_experiment_is() {
    let (train, test) = (Squares::new(60, 6, 3), Squares::new(30, 6, 3));
    let how = Fit::new().epochs(2).optimizer(Optimizer::adam(0.01));
    let runs = how.repeat(3, 7, Small::new, &train, &test).unwrap();
    let expected = repeat(3, 7, |seed| {
        let mut model = Small::new(seed);
        let history = model.fit(&train, &how.clone().seed(seed).quiet())?;
        Ok((history, model.evaluate(&test)?))
    });
    for (found, expected) in runs.runs.iter().zip(expected.unwrap().runs) {
        assert_eq!(
            (found.seed, found.history.loss(), &found.test),
            (expected.seed, expected.history.loss(), &expected.test)
        );
    }
    assert_eq!(runs.runs.iter().map(|run| run.seed).collect::<Vec<_>>(), [7, 8, 9]);
    let message = how.repeat(0, 7, Small::new, &train, &test).unwrap_err().to_string();
    assert!(message.contains("the number of runs is 0; take 1 or more"), "{message}");
    let message = how.checkpoint("run.safetensors", 1).repeat(2, 7, Small::new, &train, &test).unwrap_err().to_string();
    assert!(message.contains("one file for all runs"), "{message}");
}

#[test]
fn errors_of_others_come_through_repeated_runs() {
    let failed = repeat(2, 7, |_| Err(NetworkError::Other("another crate's".into()))).unwrap_err().to_string();
    assert_eq!(failed, "another crate's");
    assert!(Experiments::new("log").get("first").unwrap_err().to_string().contains("the log is empty"));
}

/// numpy.median of the last of [0.9, 0.5, 0.4, 2.5]
#[test]
fn the_end_of_a_training_is_a_median() {
    let epoch = |loss: f32| cuaderno_nn::Epoch {
        loss,
        accuracy: 1.0 - loss,
        val_loss: (loss < 2.0).then_some(loss),
        ..cuaderno_nn::Epoch::default()
    };
    let history = History { epochs: [0.9, 0.5, 0.4, 2.5].map(epoch).to_vec(), stopped: None };
    let loss = |count| history.median_of_last(count).map(|epoch| epoch.loss);
    assert_eq!([0, 1, 2, 3, 4, 9].map(loss), [None, Some(2.5), Some(1.45), Some(0.5), Some(0.7), Some(0.7)]);
    let end = history.median_of_last(3).unwrap();
    assert_eq!((end.accuracy, end.val_loss, end.val_accuracy), (0.5, Some(0.45), None));
    assert_eq!(History::default().median_of_last(3), None);
    assert_eq!(history.first_epochs(2).loss(), history.loss()[..2]);
    assert_eq!(history.first_epochs(9), history);
}

#[test]
fn the_baseline_names_the_largest_class() {
    let train = Squares::new(60, 6, 3);
    let (_, mut result) = trained(&train, &train, 1).unwrap();
    result.labels = vec![0, 2, 2];
    assert_eq!(result.baseline(), 2.0 / 3.0);
}

#[test]
fn a_test_set_that_does_not_fit_is_refused_before_the_training() {
    let (train, other) = (Squares::new(60, 6, 3), Squares::new(30, 5, 3));
    let mut model = Small::new(1);
    let before = model.tensor_values();
    let refused = Experiments::new("log").run("first", &mut model, &train, &Fit::new().quiet(), &other);
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("the test examples") && message.contains("[3, 5, 5]"), "{message}");
    assert_eq!(model.tensor_values(), before);
}
