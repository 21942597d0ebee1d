//! One line that says whether two runs of a report found the same.

use crate::checksum::hex;
use crate::display::{MimeBundle, Rich, Table};
use crate::nn::{
    Comparison, Evaluation, Experiments, Folds, GridSearch, History, LearningCurve, Network, Predictions,
    RegressionEvaluation, Run, Runs, SettingValue,
};
use dfdx::prelude::{HasShape, Shape, Tensor};
use dfdx::tensor::Cpu;
use polars::prelude::{AnyValue, Column, DataFrame, Series};
use sha2::Digest as _;
use sha2::Sha256;

/// Fingerprints of a report's results, and one of all of them, as a table at its end.
///
/// Two runs with the same digest found the same numbers to the last bit; where the digest differs, the rows say which result moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    rows: Vec<(String, String)>,
}

/// An empty digest; [`Digest::of`] adds results.
///
/// ```
/// # use cuaderno::prelude::*;
/// let posts = df!("class" => ["Other", "Disinformation"], "count" => [3, 4])?;
/// let found = digest().of("posts by class", &posts).of("accuracy", &0.625_f32);
/// assert!(found.to_string().starts_with("posts by class  "));
/// # Ok::<(), PolarsError>(())
/// ```
pub fn digest() -> Digest {
    Digest::default()
}

impl Digest {
    /// Adds a result under a name: numbers, text, slices, tables, tensors, histories, evaluations,
    /// comparisons, logs of experiments, networks. Times do not count.
    pub fn of(mut self, name: &str, result: &(impl Digestible + ?Sized)) -> Self {
        let mut bytes = Bytes(Sha256::new());
        result.feed(&mut bytes);
        self.rows.push((name.to_owned(), bytes.finish()));
        self
    }

    /// The fingerprint of all results: 16 hexadecimal digits.
    pub fn all(&self) -> String {
        let mut bytes = Bytes(Sha256::new());
        for (name, fingerprint) in &self.rows {
            name.as_str().feed(&mut bytes);
            fingerprint.as_str().feed(&mut bytes);
        }
        bytes.finish()
    }

    fn table(&self) -> Table {
        let rows = self.rows.iter().map(|(name, fingerprint)| vec![name.clone(), fingerprint.clone()]);
        Table::new(rows.chain([vec!["all".to_owned(), self.all()]])).left(2).code(1)
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.table().text())
    }
}

impl Rich for Digest {
    fn mime_bundle(&self) -> MimeBundle {
        self.table().mime_bundle()
    }
}

/// Takes in results, each with its length or kind before it, so that no two different lists of results give the same bytes.
#[derive(Debug)]
pub struct Bytes(Sha256);

impl Bytes {
    fn add(&mut self, kind: u8, bytes: &[u8]) {
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Every NaN is the same; any other number counts with all its bits.
    fn number(&mut self, number: f64) {
        self.add(b'n', &if number.is_nan() { f64::NAN } else { number }.to_bits().to_le_bytes());
    }

    fn finish(self) -> String {
        hex(&self.0.finalize()[..8])
    }
}

/// A result that has a fingerprint.
pub trait Digestible {
    /// Hands over everything that makes up the result.
    fn feed(&self, to: &mut Bytes);
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Digestible for $number {
            fn feed(&self, to: &mut Bytes) {
                to.number(f64::from(*self));
            }
        }
    )+};
}
numbers!(f32, f64, i8, i16, i32, u8, u16, u32);

macro_rules! whole_numbers {
    ($($number:ty),+) => {$(
        impl Digestible for $number {
            fn feed(&self, to: &mut Bytes) {
                to.add(b'w', &(*self as i128).to_le_bytes());
            }
        }
    )+};
}
whole_numbers!(i64, u64, isize, usize);

impl Digestible for bool {
    fn feed(&self, to: &mut Bytes) {
        to.add(b'b', &[u8::from(*self)]);
    }
}

impl Digestible for str {
    fn feed(&self, to: &mut Bytes) {
        to.add(b't', self.as_bytes());
    }
}

impl Digestible for String {
    fn feed(&self, to: &mut Bytes) {
        self.as_str().feed(to);
    }
}

impl<T: Digestible + ?Sized> Digestible for &T {
    fn feed(&self, to: &mut Bytes) {
        (**self).feed(to);
    }
}

impl<T: Digestible> Digestible for Option<T> {
    fn feed(&self, to: &mut Bytes) {
        match self {
            None => to.add(b'0', &[]),
            Some(value) => value.feed(to),
        }
    }
}

impl<T: Digestible> Digestible for [T] {
    fn feed(&self, to: &mut Bytes) {
        to.add(b'[', &(self.len() as u64).to_le_bytes());
        self.iter().for_each(|value| value.feed(to));
    }
}

impl<T: Digestible, const N: usize> Digestible for [T; N] {
    fn feed(&self, to: &mut Bytes) {
        self.as_slice().feed(to);
    }
}

impl<T: Digestible> Digestible for Vec<T> {
    fn feed(&self, to: &mut Bytes) {
        self.as_slice().feed(to);
    }
}

impl<A: Digestible, B: Digestible> Digestible for (A, B) {
    fn feed(&self, to: &mut Bytes) {
        self.0.feed(to);
        self.1.feed(to);
    }
}

impl<S: Shape, T> Digestible for Tensor<S, f32, Cpu, T> {
    fn feed(&self, to: &mut Bytes) {
        self.shape().concrete().into_iter().collect::<Vec<usize>>().feed(to);
        self.as_vec().feed(to);
    }
}

impl Digestible for DataFrame {
    fn feed(&self, to: &mut Bytes) {
        [self.height(), self.width()].feed(to);
        self.columns().iter().for_each(|column| column.feed(to));
    }
}

impl Digestible for Column {
    fn feed(&self, to: &mut Bytes) {
        self.name().as_str().feed(to);
        self.dtype().to_string().feed(to);
        values(self.as_materialized_series(), to);
    }
}

fn values(series: &Series, to: &mut Bytes) {
    for value in series.rechunk().iter() {
        value.feed(to);
    }
}

impl Digestible for AnyValue<'_> {
    fn feed(&self, to: &mut Bytes) {
        match self {
            AnyValue::Null => to.add(b'0', &[]),
            AnyValue::Float32(number) => to.number((*number).into()),
            AnyValue::Float64(number) => to.number(*number),
            AnyValue::String(text) => text.feed(to),
            // What polars shows of the following is shortened.
            AnyValue::Binary(bytes) => to.add(b'y', bytes),
            AnyValue::List(list) | AnyValue::Array(list, _) => {
                to.add(b'[', &(list.len() as u64).to_le_bytes());
                values(list, to);
            }
            AnyValue::Struct(..) => self._iter_struct_av().for_each(|field| field.feed(to)),
            other => other.to_string().feed(to),
        }
    }
}

impl Digestible for History {
    fn feed(&self, to: &mut Bytes) {
        for epoch in &self.epochs {
            [Some(epoch.loss), Some(epoch.accuracy), epoch.val_loss, epoch.val_accuracy].feed(to);
            // Only where numbers are learnt: digests of the others stay as they were.
            if epoch.mae.is_some() || epoch.val_mae.is_some() {
                [epoch.mae, epoch.val_mae].feed(to);
            }
            epoch.learning_rate.feed(to);
        }
        self.stopped.feed(to);
    }
}

impl Digestible for Predictions {
    fn feed(&self, to: &mut Bytes) {
        self.class_names.feed(to);
        self.classes.feed(to);
        self.probabilities.feed(to);
    }
}

impl Digestible for Evaluation {
    fn feed(&self, to: &mut Bytes) {
        [self.loss, self.accuracy].feed(to);
        self.labels.feed(to);
        self.predictions.feed(to);
    }
}

impl Digestible for RegressionEvaluation {
    fn feed(&self, to: &mut Bytes) {
        self.names.feed(to);
        [&self.truth, &self.predicted].feed(to);
    }
}

impl Digestible for Run {
    fn feed(&self, to: &mut Bytes) {
        self.seed.feed(to);
        self.history.feed(to);
        self.test.feed(to);
    }
}

impl Digestible for Runs {
    fn feed(&self, to: &mut Bytes) {
        self.runs.iter().for_each(|run| run.feed(to));
    }
}

impl Digestible for Folds {
    fn feed(&self, to: &mut Bytes) {
        self.places.feed(to);
        self.runs.feed(to);
    }
}

impl Digestible for LearningCurve {
    fn feed(&self, to: &mut Bytes) {
        self.images.feed(to);
        self.runs.feed(to);
    }
}

impl Digestible for GridSearch {
    fn feed(&self, to: &mut Bytes) {
        for (point, run) in self.points.iter().zip(&self.runs) {
            for (name, value) in &point.values {
                name.feed(to);
                match value {
                    SettingValue::Number(number) => number.feed(to),
                    other => other.to_string().feed(to),
                }
            }
            run.feed(to);
        }
    }
}

impl Digestible for Experiments {
    fn feed(&self, to: &mut Bytes) {
        for entry in &self.entries {
            entry.name.feed(to);
            entry.history.feed(to);
            entry.test.feed(to);
        }
    }
}

impl Digestible for Comparison {
    fn feed(&self, to: &mut Bytes) {
        for model in &self.models {
            model.name.feed(to);
            [Some(model.accuracy), Some(model.low), Some(model.high), Some(model.loss), model.p].feed(to);
        }
    }
}

impl Digestible for Network {
    fn feed(&self, to: &mut Bytes) {
        self.name().feed(to);
        self.current_weights().feed(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Epoch;
    use polars::prelude::{DataType, IntoColumn, IntoSeries, NamedFrom, df};

    fn of(result: &(impl Digestible + ?Sized)) -> String {
        digest().of("", result).all()
    }

    #[test]
    fn the_last_bit_counts() {
        assert_ne!(of(&0.1_f64), of(&(0.1_f64 + f64::EPSILON / 8.0)));
        assert_eq!(of(&f32::NAN), of(&-f64::NAN));
    }

    #[test]
    fn where_a_list_ends_counts() {
        assert_ne!(of(&(vec!["ab"], vec!["c"])), of(&(vec!["a"], vec!["bc"])));
        assert_ne!(of(&vec![Some(0), None]), of(&vec![None, Some(0)]));
    }

    #[test]
    fn names_order_and_type_of_columns_count() {
        let table = df!("a" => [1, 2], "b" => [Some("x"), None]).unwrap();
        let renamed = df!("a" => [1, 2], "c" => [Some("x"), None]).unwrap();
        let retyped = df!("a" => [1_i64, 2], "b" => [Some("x"), None]).unwrap();
        assert_ne!(of(&table), of(&renamed));
        assert_ne!(of(&table), of(&retyped));
        assert_eq!(of(&table), of(&table.vstack(&table).unwrap().head(Some(2))), "chunks do not count");
    }

    #[test]
    fn every_value_in_a_list_counts() {
        let lists = |values: [f64; 5]| df!("a" => [Series::new("".into(), values)]).unwrap();
        let table = lists([1.0, 2.0, 3.0, 4.0, 5.0]);
        for other in [[1.0, 2.0, 3.5, 4.0, 5.0], [1.0 + f64::EPSILON, 2.0, 3.0, 4.0, 5.0]] {
            let other = lists(other);
            assert_ne!(of(&table), of(&other));
            let fixed = |table: &DataFrame| {
                let fixed = DataType::Array(Box::new(DataType::Float64), 5);
                table.column("a").unwrap().cast(&fixed).unwrap()
            };
            assert_ne!(of(&fixed(&table)), of(&fixed(&other)));
            let fields = |table: DataFrame| table.into_struct("b".into()).into_series().into_column();
            assert_ne!(of(&fields(table.clone())), of(&fields(other)));
        }
    }

    #[test]
    fn where_a_list_in_a_table_ends_counts() {
        let lists = |first: &[i32], second: &[i32]| {
            df!("a" => [Series::new("".into(), first), Series::new("".into(), second)]).unwrap()
        };
        assert_ne!(of(&lists(&[1, 2], &[3])), of(&lists(&[1], &[2, 3])));
    }

    #[test]
    fn all_bytes_count() {
        let blob = |last: u8| df!("a" => [[vec![0; 500], vec![last]].concat().as_slice()]).unwrap();
        assert_ne!(of(&blob(0)), of(&blob(1)));
    }

    #[test]
    fn times_do_not_count() {
        let epoch = |seconds| Epoch {
            loss: 0.5,
            accuracy: 0.5,
            val_loss: None,
            val_accuracy: None,
            learning_rate: 1e-3,
            seconds,
            ..Epoch::default()
        };
        let history = |seconds| History { epochs: vec![epoch(seconds)], stopped: None };
        assert_eq!(of(&history(1.0)), of(&history(2.0)));
    }

    /// hashlib.sha256(b"w" + (16).to_bytes(8, "little") + (7).to_bytes(16, "little")).hexdigest()[:16]
    #[test]
    fn a_fingerprint_is_the_head_of_a_sha256() {
        assert_eq!(digest().of("seven", &7_usize).rows[0].1, "bf9e11403e13d23b");
    }
}
