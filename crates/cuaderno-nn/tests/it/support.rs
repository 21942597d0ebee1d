//! A small data set in memory, and errors in one line.

use cuaderno_nn::Examples;
use std::sync::Arc;

/// Pictures in which the class decides where the bright square is. Everything follows from the index.
#[derive(Clone)]
pub struct Squares {
    count: usize,
    size: usize,
    names: Vec<String>,
}

impl Squares {
    pub fn new(count: usize, size: usize, classes: usize) -> Self {
        Self { count, size, names: (0..classes).map(|class| format!("class {class}")).collect() }
    }

    pub fn named(self, names: &[&str]) -> Self {
        Self { names: names.iter().map(|name| (*name).to_owned()).collect(), ..self }
    }
}

impl Examples for Squares {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.count
    }

    fn image_shape(&self) -> [usize; 3] {
        [3, self.size, self.size]
    }

    fn class_names(&self) -> &[String] {
        &self.names
    }

    fn label(&self, index: usize) -> usize {
        index % self.names.len()
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        let mut noise = (index * 7919 + epoch * 104_729) as u32 | 1;
        for value in out.iter_mut() {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            *value = (noise >> 8) as f32 / (1 << 24) as f32 * 0.5;
        }
        let part = self.size / self.names.len();
        let start = self.label(index) * part;
        for row in 0..self.size {
            for column in start..start + part {
                out[(row * self.size + column) * 3] += 0.5;
            }
        }
    }
}

/// The error is one line with these words.
pub fn says<T: std::fmt::Debug>(result: Result<T, cuaderno_nn::NetworkError>, words: &[&str]) {
    let message = result.unwrap_err().to_string();
    assert!(!message.contains('\n') && words.iter().all(|word| message.contains(word)), "{message}");
}
