use cuaderno_nn::cnn;
use cuaderno_nn::dfdx::prelude::*;

cnn! { Net: [3, 16, 16] => [conv2d(8, 3), relu, flatten, dense(2)] }

fn main() {
    let device = Cpu::default();
    let images: Tensor<Rank4<8, 3, 16, 16>, f32, Cpu> = device.zeros();
    let labels: Tensor<Rank2<8, 2>, f32, Cpu> = device.zeros();
    let scores = Net::new(1).forward(images.leaky_trace());
    let _loss = cross_entropy_with_logits_loss(scores, labels);
}
