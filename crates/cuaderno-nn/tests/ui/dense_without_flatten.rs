use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    conv2d(8, 5), relu, max_pool(4),
    dense(10),
] }

fn main() {}
