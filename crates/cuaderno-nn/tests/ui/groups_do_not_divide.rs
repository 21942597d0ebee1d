use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    conv2d(8, 3).groups(2),
] }

fn main() {}
