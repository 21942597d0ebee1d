use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    conv2d(8, 3),
    residual(conv2d(16, 3).same(), relu, conv2d(16, 3).same(); conv2d(16, 1)),
    flatten, dense(10),
] }

fn main() {}
