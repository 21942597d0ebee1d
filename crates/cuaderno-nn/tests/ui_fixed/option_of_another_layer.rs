use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    conv2d(8, 3).stride(2),
    flatten,
    dense(10),
] }

fn main() {}
