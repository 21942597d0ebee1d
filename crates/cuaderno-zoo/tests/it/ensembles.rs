//! Networks that decide together, on a task that one of them does not always get right.

use crate::support::{Pictures, Watched};
use cuaderno_display::interrupt;
use cuaderno_nn::{Examples, Fit, Network, Optimizer, cnn};
use cuaderno_zoo::Ensemble;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

cnn! { Small: [3, 8, 8] => [avg_pool(4), flatten, dense(4), relu, dense(2), softmax] }
cnn! { Wide: [3, 8, 8] => [avg_pool(2), flatten, dense(8), relu, dense(2)] }
cnn! { Other: [3, 16, 16] => [avg_pool(2), flatten, dense(2), softmax] }

fn how() -> Fit {
    Fit::new().epochs(12).batch_size(8).optimizer(Optimizer::adam(2e-2)).quiet()
}

#[test]
fn an_average_is_the_mean_of_the_probabilities() {
    let pictures = Pictures::shaded(12, [8, 8]);
    let (a, b) = (Small::new(1), Wide::new(2));
    let together = Ensemble::average(&[&a, &b]).unwrap().predict(&pictures).unwrap();
    let (p, q) = (a.predict(&pictures).unwrap(), b.predict(&pictures).unwrap());
    let means = p.probabilities.iter().zip(&q.probabilities).map(|(p, q)| (p + q) / 2.0);
    assert!(together.probabilities.iter().zip(means).all(|(found, mean)| (found - mean).abs() < 1e-6));
}

#[test]
fn bagging_boosting_and_stacking_learn() {
    let (train, test) = (Pictures::shaded(40, [8, 8]), Pictures::shaded(20, [8, 8]));
    let bagged = Ensemble::bagging(&Small::new(3), 3, &train, &how()).unwrap();
    assert_eq!(bagged.members().len(), 3);
    assert!(bagged.members()[0].current_weights() != bagged.members()[1].current_weights());
    assert!(bagged.evaluate(&test).unwrap().accuracy > 0.9);
    let again = Ensemble::bagging(&Small::new(3), 3, &train, &how()).unwrap();
    assert_eq!(bagged.predict(&test).unwrap(), again.predict(&test).unwrap());
    let boosted = Ensemble::boosting(&Small::new(3), 3, &train, &how()).unwrap();
    assert!(boosted.evaluate(&test).unwrap().accuracy > 0.9);
    // One that knows the answer and one that says the opposite: an average is at a loss, a learned combiner is not.
    let accuracy = |member: &Network| member.evaluate(&test).unwrap().accuracy;
    let good = bagged.members().iter().max_by(|a, b| accuracy(a).total_cmp(&accuracy(b))).unwrap();
    assert!(accuracy(good) > 0.9);
    let mut bad = good.clone();
    let mut values = bad.tensor_values();
    values[2..].iter_mut().flatten().for_each(|x| *x = -*x);
    bad.set_tensor_values(&values);
    let stacked = Ensemble::stacking(&[good, &bad], &train, &how().epochs(60)).unwrap();
    assert!(stacked.evaluate(&test).unwrap().accuracy > 0.9);
    assert!(bagged.error_by_size(&test).is_ok());
    assert!(stacked.error_by_size(&test).unwrap_err().to_string().contains("stacked"));
}

#[test]
fn an_interrupt_leaves_the_members_that_were_finished() {
    let members = |boost: bool, reads: usize| {
        let read = Arc::new(AtomicUsize::new(0));
        let train = Watched(Pictures::shaded(40, [8, 8]), move || {
            if read.fetch_add(1, Ordering::SeqCst) == reads {
                interrupt::request();
            }
        });
        let how = how().epochs(4);
        let ensemble = match boost {
            true => Ensemble::boosting(&Small::new(3), 3, &train, &how),
            false => Ensemble::bagging(&Small::new(3), 3, &train, &how),
        };
        interrupt::clear();
        ensemble.map(|ensemble| ensemble.members().len())
    };
    // A member reads 40 pictures four times, in boosting once more.
    for boost in [false, true] {
        assert_eq!(members(boost, 260).unwrap(), 1, "{boost}");
        let message = members(boost, 60).unwrap_err().to_string();
        assert!(message.contains("0 of 3 networks"), "{message}");
    }
}

#[test]
fn each_member_has_its_own_files() {
    let folder = tempfile::tempdir().unwrap();
    let train = Pictures::shaded(16, [8, 8]);
    let how = how().epochs(2).seed(1).checkpoint(folder.path().join("run.safetensors"), 1);
    let once = Ensemble::bagging(&Small::new(3), 2, &train, &how).unwrap();
    let again = Ensemble::bagging(&Small::new(3), 2, &train, &how).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_ne!(once.members()[0].current_weights(), once.members()[1].current_weights());
    assert_eq!(once.predict(&train).unwrap(), again.predict(&train).unwrap());
}

#[test]
fn members_that_do_not_belong_together_are_refused() {
    let message = |result: Result<Ensemble, cuaderno_zoo::ZooError>| result.unwrap_err().to_string();
    let differing = message(Ensemble::average(&[&Small::new(1), &Other::new(1)]));
    assert!(differing.contains("Small") && differing.contains("[3, 16, 16]"), "{differing}");
    assert!(message(Ensemble::average(&[])).contains("empty"));
    let pictures = Pictures::shaded(4, [8, 8]);
    assert!(message(Ensemble::bagging(&Small::new(1), 0, &pictures, &how())).contains("empty"));
    assert_eq!(pictures.len(), 4);
}
