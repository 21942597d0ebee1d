//! Is one model better than another, and how sure is a network? The numbers are printed by `tests/peers/deciding.py`.

use cuaderno_display::Rich;
use cuaderno_nn::{Evaluation, History, PairTest, Predictions, Runs, Verdict, compare, repeat};
use cuaderno_plot::Figure;

/// Answers to 400 pictures of four classes, as the script makes them.
fn model(step: usize, most: usize) -> Evaluation {
    let labels: Vec<usize> = (0..400).map(|i| i % 4).collect();
    let said = |i: usize| if i * step % 97 < most { i % 4 } else { (i % 4 + 1 + i % 2) % 4 };
    let classes: Vec<usize> = (0..400).map(said).collect();
    let row = |i: usize| {
        let confidence = (0.3 + 0.7 * (i * 53 % 89) as f64 / 89.0) as f32;
        std::array::from_fn::<f32, 4, _>(|class| if class == said(i) { confidence } else { (1.0 - confidence) / 3.0 })
    };
    let class_names = ["w", "x", "y", "z"].map(String::from).to_vec();
    let right = classes.iter().zip(&labels).filter(|(a, b)| a == b).count();
    let predictions = Predictions { probabilities: (0..400).flat_map(row).collect(), classes, class_names };
    Evaluation { loss: 1.0, accuracy: right as f32 / 400.0, labels, predictions }
}

fn models() -> [Evaluation; 3] {
    [model(31, 60), model(37, 58), model(41, 45)]
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-7 * expected.abs(), "{found}, expected {expected}");
}

#[test]
fn an_accuracy_has_the_interval_of_statsmodels() {
    let [a, _, _] = models();
    let interval = a.accuracy_interval(0.95).unwrap();
    close(interval.low, 0.5715045437377642);
    close(interval.high, 0.6662125056220047);
    assert!(a.mime_bundle().plain().contains("0.5715 to 0.6662"), "{}", a.mime_bundle().plain());
    let message = a.accuracy_interval(95.0).unwrap_err().to_string();
    assert_eq!(message, "the level is 95; it must lie between 0 and 1, for example 0.95");
}

#[test]
fn models_on_the_same_pictures_are_told_apart_by_mcnemars_test() {
    let [a, b, c] = models();
    let found = compare(&[("a", &a), ("b", &b), ("c", &c)]).unwrap();
    let accuracies: Vec<f64> = found.models.iter().map(|model| model.accuracy).collect();
    assert_eq!(accuracies, [0.62, 0.6, 0.465]);
    close(found.models[2].low, 0.41668591738620485);
    let expected =
        [([99, 91], 0.6116873356949422), ([131, 69], 1.3857451572364535e-05), ([120, 66], 9.174302942212554e-05)];
    for (pair, ([first, second], p)) in found.pairs.0.iter().zip(expected) {
        assert_eq!(pair.test, PairTest::McNemar { only_first: first, only_second: second });
        close(pair.p.unwrap(), p);
    }
    // Holm's correction of the two tests beside the best
    close(found.models[1].p.unwrap(), 0.6116873356949422);
    close(found.models[2].p.unwrap(), 2.771490314472907e-05);
    let verdicts: Vec<Verdict> = found.models.iter().map(|model| model.verdict).collect();
    assert_eq!(verdicts, [Verdict::Best, Verdict::Tie, Verdict::Worse]);
    assert_eq!(found.best(), Some("a"));
    let shown = found.mime_bundle().plain().to_owned();
    assert!(shown.contains("b        0.6000  0.5513 to 0.6468  1.0000    0.6117    tie"), "{shown}");
    assert!(found.pairs.mime_bundle().plain().contains("+0.0200"), "{}", found.pairs.mime_bundle().plain());
    assert!(
        found.figure().describe().contains("62 % (57.2 % to 66.6 %)")
            || found.figure().describe().contains("62.0 % (57.2 % to 66.6 %)"),
        "{}",
        found.figure().describe()
    );
}

#[test]
fn only_evaluations_on_the_same_pictures_are_compared() {
    let [a, b, mut c] = models();
    c.labels.pop();
    c.predictions.classes.pop();
    let message = compare(&[("a", &a), ("b", &b), ("c", &c)]).unwrap_err().to_string();
    assert!(
        message.contains("of 400 pictures for a, of 399 for c; compare takes evaluations on the same"),
        "{message}"
    );
    assert!(compare::<Evaluation>(&[]).unwrap().models.is_empty());
}

fn runs(accuracies: [f32; 4], seed: u64) -> Runs {
    let mut accuracies = accuracies.into_iter();
    let one = |_| Ok((History::default(), Evaluation { accuracy: accuracies.next().unwrap(), ..model(31, 60) }));
    repeat(4, seed, one).unwrap()
}

#[test]
fn runs_of_the_same_seeds_are_paired() {
    let first = runs([0.61, 0.64, 0.60, 0.66], 1);
    let (second, third) = (runs([0.58, 0.62, 0.61, 0.60], 1), runs([0.50, 0.52, 0.49, 0.51], 1));
    let found = compare(&[("third", &third), ("first", &first), ("second", &second)]);
    close(found.models[1].accuracy, 0.6275000125169754);
    close(found.models[1].high - found.models[1].accuracy, 0.02753784992263563);
    close(found.models[0].p.unwrap(), 2.0 * 0.0009957454169539299);
    close(found.models[2].p.unwrap(), 0.18169003792531807);
    let verdicts: Vec<Verdict> = found.models.iter().map(|model| model.verdict).collect();
    assert_eq!(verdicts, [Verdict::Worse, Verdict::Best, Verdict::Tie]);
    let elsewhere = runs([0.58, 0.62, 0.61, 0.60], 100);
    let untested = compare(&[("first", &first), ("elsewhere", &elsewhere)]);
    assert_eq!((untested.models[1].verdict, untested.models[1].p), (Verdict::Untested, None));
}

#[test]
fn the_most_frequent_mistakes_come_first() {
    let [_, _, c] = models();
    let found = c.most_confused(3);
    let found: Vec<(&str, &str, usize)> =
        found.0.iter().map(|one| (one.class.as_str(), one.predicted.as_str(), one.count)).collect();
    assert_eq!(found, [("y", "z", 54), ("z", "x", 54), ("w", "x", 53)]);
    assert_eq!(c.most_confused(0).0.len(), 1);
    assert_eq!(c.most_confused(100).0.iter().map(|one| one.count).sum::<usize>(), 400 - 186);
}

#[test]
fn calibration_is_sklearns() {
    let [a, _, _] = models();
    let found = a.calibration(10).unwrap();
    let confidence = [0.34639116, 0.44903138, 0.55100736, 0.64956304, 0.74764807, 0.85001937, 0.94843945];
    let accuracy = [0.61016949, 0.62068966, 0.63793103, 0.61111111, 0.59322034, 0.63793103, 0.62962963];
    assert_eq!(found.bins.len(), confidence.len());
    for ((bin, confidence), accuracy) in found.bins.iter().zip(confidence).zip(accuracy) {
        assert!((bin.confidence - confidence).abs() < 1e-8 && (bin.accuracy - accuracy).abs() < 1e-8, "{bin:?}");
    }
    close(found.expected_error, 0.17816292077302934);
    let text = found.figure().describe();
    assert!(text.contains("expected error 0.178"), "{text}");
    assert!(a.calibration(0).unwrap_err().to_string().contains("needs one at least"));
}
