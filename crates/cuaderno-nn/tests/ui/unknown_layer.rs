use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    conv3d(8, 3),
] }

fn main() {}
