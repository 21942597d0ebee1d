use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    flatten,
    conv2d(8, 5),
] }

fn main() {}
