use cuaderno_nn::Optimizer;

fn main() {
    let _ = Optimizer::sgd(1e-3).momentum(0.9).nesterov();
}
