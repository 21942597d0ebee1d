use cuaderno_nn::cnn;

macro_rules! endless {
    ($($rate:literal)*) => {
        cnn! { Endless: [8] => [
            $( dense(8), relu, dense(8), relu, dense(8), relu, dense(8), relu, dense(8), relu, dense(8), relu, dropout($rate), )*
            dense(2),
        ] }
    };
}
endless! { 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 }

fn main() {}
