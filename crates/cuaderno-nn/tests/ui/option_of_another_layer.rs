use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    flatten,
    dense(10).stride(2),
] }

fn main() {}
