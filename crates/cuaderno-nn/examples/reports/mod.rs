//! The networks of the reports, for measurements and tests.

#![allow(dead_code)] // each program uses some of them

use cuaderno_nn::cnn;

// Reddit disinformation: two classes, batches of 128.
cnn! { RedditModel1: [3, 64, 64] => [
    conv2d(32, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    flatten, dense(512), relu, dense(2), softmax,
] }

cnn! { RedditModel2: [3, 64, 64] => [
    conv2d(32, 5), relu, conv2d(32, 5), relu, max_pool(2),
    conv2d(64, 5), relu, max_pool(2),
    conv2d(128, 5), relu, max_pool(2),
    flatten, dense(256), relu, dense(512), relu, dense(2), softmax,
] }

cnn! { RedditModel3: [3, 64, 64] => [
    conv2d(32, 5), sigmoid, conv2d(32, 5), sigmoid, max_pool(2),
    conv2d(64, 5), sigmoid, max_pool(2),
    conv2d(128, 5), sigmoid, max_pool(2),
    flatten, dense(256), sigmoid, dense(512), sigmoid, dense(2), softmax,
] }

cnn! { RedditModel4: [3, 64, 64] => [
    conv2d(32, 5), sigmoid, conv2d(32, 5), sigmoid, batch_norm.epsilon(0.01), max_pool(2),
    conv2d(64, 5), sigmoid, max_pool(2),
    conv2d(128, 5), sigmoid, batch_norm.epsilon(0.01), max_pool(2),
    flatten, dropout(0.1), dense(256), sigmoid, dropout(0.5), dense(512), sigmoid, dense(2), softmax,
] }

cnn! { RedditModel5: [3, 64, 64] => [
    conv2d(32, 5), relu, conv2d(32, 5), relu, batch_norm.epsilon(0.01), max_pool(2),
    conv2d(64, 5), relu, max_pool(2),
    flatten, dropout(0.1), dense(256), relu, dropout(0.5), dense(512), relu, dense(2), softmax,
] }

// Blood cells: four classes, batches of 20.
cnn! { BloodCells: [3, 150, 150] => [
    conv2d(32, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    conv2d(128, 3), relu, max_pool(2),
    flatten, dropout(0.4), dense(512), relu, dense(128), relu, dense(4), softmax,
] }

// CIFAR-100, 25 of its classes, batches of 32.
cnn! { BaseNet: [3, 32, 32] => [
    conv2d(6, 5), relu, max_pool(2),
    conv2d(16, 5), relu, max_pool(2),
    flatten, dense(50), relu, dense(25), softmax,
] }

cnn! { Pre: [3, 32, 32] => [
    conv2d(16, 3), batch_norm, relu, conv2d(32, 3), batch_norm, relu, max_pool(2), dropout(0.2),
    conv2d(64, 3), batch_norm, relu, conv2d(64, 3), batch_norm, relu, max_pool(2), dropout(0.5),
    flatten, dense(128), batch_norm, relu, dense(50), batch_norm, relu, dense(25), softmax,
] }

// CIFAR-10, batches of 32.
cnn! { Cifar10: [3, 32, 32] => [
    conv2d(32, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(64, 3), relu,
    flatten, dense(64), relu, dense(10),
] }
