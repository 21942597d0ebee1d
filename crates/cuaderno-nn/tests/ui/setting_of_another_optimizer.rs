use cuaderno_nn::Optimizer;

fn main() {
    let _ = Optimizer::rmsprop(1e-3).nesterov();
}
