use cuaderno_nn::cnn;

cnn! { Net: [3, 32, 32] => [
    conv2d(8, 5), relu, max_pool(4),
    conv2d(16, 5), relu, max_pool(2),
    conv2d(32, 3), relu,
    flatten, dense(10),
] }

fn main() {}
