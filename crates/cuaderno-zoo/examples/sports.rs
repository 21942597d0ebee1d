//! Transfer learning on the sports pictures below `CUADERNO_DATA`: 94 to 96 % of the 50 test pictures with the frozen network and
//! with its last three layers trained, by seed; a picture is 2 %.

use cuaderno_images::ImageSet;
use cuaderno_nn::{Fit, Optimizer};
use cuaderno_zoo::{Pooling, SupportVectors, Svm, mobilenet_v2};
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = PathBuf::from(std::env::var_os("CUADERNO_DATA").ok_or("set CUADERNO_DATA")?);
    let set = |part: &str| ImageSet::from_folder(data.join("sports").join(part), [224, 224]);
    let (train, valid, test) = (set("train")?, set("valid")?, set("test")?);
    let base = mobilenet_v2(0.35)
        .pooling(Pooling::Average)
        .load(data.join("weights/mobilenet_v2_0.35_224_notop.safetensors"))?;
    println!("{} parameters", base.parameters());
    let start = Instant::now();
    let mut model = base.with_dense(256, 10, 7)?;
    let adam = |rate| Fit::new().epochs(15).optimizer(Optimizer::adam(rate)).validation(&valid);
    let history = model.fit(&train, &adam(1e-3))?;
    println!("{:.1} s", start.elapsed().as_secs_f64());
    println!("{:?}", history.last());
    println!("frozen: test {:.3}", model.evaluate(&test)?.accuracy);
    let features = base.features(&train)?;
    let fitting = Instant::now();
    let svm = SupportVectors::fit(&features, &Svm::new())?;
    println!("support vectors: test {:.3}", svm.evaluate(&base.features(&test)?)?.accuracy);
    println!("{:.1} s", fitting.elapsed().as_secs_f64());
    model.unfreeze_last(3)?;
    model.fit(&train, &adam(1e-4).epochs(5))?;
    println!("last three layers trained: test {:.3}", model.evaluate(&test)?.accuracy);
    println!("{:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
