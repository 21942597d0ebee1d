use cuaderno_nn::cnn;

cnn! { Base: [3, 64, 64] => [conv2d(8, 3), relu, global_avg_pool] }

cnn! { Net: [3, 64, 64] => [
    model(Base), dense(10),
] }

fn main() {}
