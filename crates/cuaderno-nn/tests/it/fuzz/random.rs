//! Random numbers of a seed (SplitMix64: Steele, Lea and Flood, 2014).

pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// In `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In `from..=to`, each as likely.
    pub fn between(&mut self, from: usize, to: usize) -> usize {
        from + (self.bits() % (to - from + 1) as u64) as usize
    }

    /// In `1..=most`, small ones as likely as large ones.
    pub fn size(&mut self, most: usize) -> usize {
        ((most as f64 + 1.0).powf(self.unit()) as usize).clamp(1, most)
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    pub fn one_of<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.between(0, from.len() - 1)].clone()
    }

    /// As an `f32`, so that reference and network get the same number.
    pub fn within(&mut self, from: f64, to: f64) -> f32 {
        (from + (to - from) * self.unit()) as f32
    }
}
