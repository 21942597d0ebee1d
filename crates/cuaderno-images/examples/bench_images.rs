//! placeholder
use cuaderno_images::*;
use std::time::Instant;
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    for _ in 0..3 {
        let t = Instant::now();
        let s = ImageSet::from_folder(&dir, [150, 150]).unwrap();
        let e = t.elapsed().as_secs_f64();
        println!("{} in {e:.2}s {:.0}/s", s.len(), s.len() as f64 / e);
    }
}
