use cuaderno_nn::cnn;
use cuaderno_nn::dfdx::prelude::*;

cnn! { Net: [3, 64, 64] => [conv2d(8, 3), relu, flatten, dense(2)] }

fn main() {
    let device = Cpu::default();
    let images: Tensor<Rank4<8, 3, 32, 32>, f32, Cpu> = device.zeros();
    let _scores = Net::new(1).forward(images);
}
