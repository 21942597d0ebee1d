use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    conv2d(9, 3).groups(3),
] }

fn main() {}
