//! The pictures themselves, shared by all sets that look at them.

use crate::resize::resize_into;
use crate::work::Work;
use crate::{ImagesError, Interpolation, Unreadable};
use cuaderno_decode::{Source, decode, decode_upright};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// A picture that is still to be decoded.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// An id, or a path from the folder on.
    pub(crate) name: String,
    /// Index of its class.
    pub(crate) label: u32,
    /// Where its bytes are.
    pub(crate) source: Source,
}

/// Pictures of one size, channels last, eight bits a value. The first are decoded, as many as the budget allows; the others are
/// decoded each time they are asked for.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) names: Vec<String>,
    pub(crate) labels: Vec<u32>,
    /// The first picture of the same name: itself, unless an id was given more than once.
    pub(crate) identities: Vec<u32>,
    /// Height, width, channels.
    pub(crate) shape: [usize; 3],
    decoded: Vec<u8>,
    encoded: Vec<Source>,
    interpolation: Interpolation,
    decode: Decode,
    has_warned: AtomicBool,
}

/// From bytes to pixels, as stored or upright.
type Decode = fn(&[u8]) -> Result<image::RgbImage, Unreadable>;

impl Store {
    /// Pictures that are decoded already, in bytes of `height * width * channels` each.
    pub(crate) fn from_pixels(names: Vec<String>, labels: Vec<u32>, shape: [usize; 3], decoded: Vec<u8>) -> Self {
        let mut first = HashMap::new();
        let identities =
            names.iter().zip(0..).map(|(name, index)| *first.entry(name.as_str()).or_insert(index)).collect();
        let (encoded, interpolation, has_warned) = (Vec::new(), Interpolation::default(), AtomicBool::new(false));
        let decode: Decode = decode;
        Self { names, labels, identities, shape, decoded, encoded, interpolation, decode, has_warned }
    }

    /// Decodes and resizes in parallel, in the given order; returns the store and what could not be read.
    ///
    /// # Errors
    /// [`ImagesError::Interrupted`].
    pub(crate) fn load(
        entries: Vec<Entry>,
        [height, width]: [usize; 2],
        interpolation: Interpolation,
        budget_bytes: usize,
        upright: bool,
    ) -> Result<(Self, Vec<(String, Unreadable)>), ImagesError> {
        let size = height * width * 3;
        let decode: Decode = if upright { decode_upright } else { decode };
        let cached = (budget_bytes / size).min(entries.len());
        let mut pixels = vec![0; cached * size];
        let work = Work::new("decoding", entries.len());
        let mut problems: Vec<Option<Unreadable>> = pixels
            .par_chunks_mut(size)
            .zip(&entries)
            .map(|(out, entry)| {
                let result = entry.source.with_bytes(decode);
                let problem = result.map(|picture| resize_into(&picture, [height, width], interpolation, out)).err();
                work.step().map(|()| problem)
            })
            .collect::<Result<_, _>>()?;
        // What does not fit into memory is decoded once, too, to know now whether that works.
        let rest = entries[cached..].par_iter().map(|entry| {
            let problem = entry.source.with_bytes(decode).err();
            work.step().map(|()| problem)
        });
        problems.extend(rest.collect::<Result<Vec<_>, _>>()?);

        let mut unreadable = Vec::new();
        let (mut names, mut labels, mut encoded, mut kept) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for (index, (entry, problem)) in entries.into_iter().zip(problems).enumerate() {
            if let Some(problem) = problem {
                unreadable.push((entry.name, problem));
                continue;
            }
            if index < cached {
                pixels.copy_within(index * size..(index + 1) * size, kept * size);
                kept += 1;
            } else {
                encoded.push(entry.source);
            }
            names.push(entry.name);
            labels.push(entry.label);
        }
        pixels.truncate(kept * size);
        let mut store = Self::from_pixels(names, labels, [height, width, 3], pixels);
        (store.encoded, store.interpolation, store.decode) = (encoded, interpolation, decode);
        Ok((store, unreadable))
    }

    /// How many pictures there are.
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// How pictures are brought to the size.
    pub(crate) fn interpolation(&self) -> Interpolation {
        self.interpolation
    }

    /// Bytes of a picture.
    pub(crate) fn picture_bytes(&self) -> usize {
        self.shape.iter().product()
    }

    /// Bytes of all decoded pictures.
    pub(crate) fn decoded_bytes(&self) -> usize {
        self.decoded.len()
    }

    /// How many pictures are decoded each time anew.
    pub(crate) fn encoded_len(&self) -> usize {
        self.encoded.len()
    }

    /// Calls `action` with the bytes of a picture, channels last.
    pub(crate) fn with_picture<T>(&self, index: usize, action: impl FnOnce(&[u8]) -> T) -> T {
        thread_local! {
            static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        let size = self.picture_bytes();
        let cached = self.decoded.len() / size;
        if index < cached {
            return action(&self.decoded[index * size..(index + 1) * size]);
        }
        // Taken out, not borrowed: the action may ask for another picture.
        let mut buffer = BUFFER.take();
        buffer.clear();
        buffer.resize(size, 0);
        let [height, width, _] = self.shape;
        match self.encoded[index - cached].with_bytes(self.decode) {
            Ok(picture) => resize_into(&picture, [height, width], self.interpolation, &mut buffer),
            Err(problem) => self.warn(index, &problem),
        }
        let result = action(&buffer);
        BUFFER.set(buffer);
        result
    }

    /// A file that was readable at first has gone: training goes on with a black picture, and says so once.
    fn warn(&self, index: usize, problem: &Unreadable) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            println!("{} is black from now on: {problem}", self.names[index]);
        }
    }
}
