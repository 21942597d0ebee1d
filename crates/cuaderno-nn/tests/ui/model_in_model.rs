use cuaderno_nn::cnn;

cnn! { Base: [3, 64, 64] => [conv2d(8, 3), relu, global_avg_pool] }

cnn! { Net: [3, 32, 32] => [
    model(Base), dense(10),
] }

fn main() {}
