//! Heads behind networks: freezing, cached features, files of the whole.

use crate::support::{Pictures, Watched};
use cuaderno_display::Rich;
use cuaderno_nn::{Examples, Fit, NetworkError, Optimizer, cnn};
use cuaderno_plot::Figure;
use cuaderno_zoo::{Pooling, Pretrained, ZooError, mobilenet_v2, resnet18, vgg16};

cnn! { Head: [1280] => [dense(8), relu, dense(2), softmax] }
cnn! { Narrow: [512] => [dense(2)] }

/// A network with random kernels, large enough that pictures still differ after 17 blocks.
fn base() -> Pretrained {
    let mut base = mobilenet_v2(0.35).input([3, 32, 32]).pooling(Pooling::Average).random(1).unwrap();
    let mut values = base.tensor_values();
    let kernels = base.tensors().map(|(name, _)| name.ends_with("kernel")).collect::<Vec<_>>();
    for (values, _) in values.iter_mut().zip(kernels).filter(|(_, is_kernel)| *is_kernel) {
        values.iter_mut().for_each(|x| *x *= 2.8);
    }
    base.network_mut().set_tensor_values(&values);
    base
}

fn how(epochs: usize) -> Fit {
    Fit::new().epochs(epochs).batch_size(8).optimizer(Optimizer::adam(1e-2)).quiet()
}

fn says<T: std::fmt::Debug>(result: Result<T, ZooError>, words: &[&str]) {
    let message = result.unwrap_err().to_string();
    assert!(!message.contains('\n') && words.iter().all(|word| message.contains(word)), "{message}");
}

/// Which tensors two models differ in.
fn changed(a: &Pretrained, b: &Pretrained) -> Vec<String> {
    let values = a.tensor_values().into_iter().zip(b.tensor_values());
    a.tensors().zip(values).filter(|(_, (x, y))| x != y).map(|((name, _), _)| name.to_owned()).collect()
}

#[test]
fn a_head_learns_on_a_frozen_network() {
    let (train, test) = (Pictures::shaded(32, [32, 32]), Pictures::shaded(10, [32, 32]));
    let before = base().with_head(&Head::new(7)).unwrap();
    let mut model = before.clone();
    let history = model.fit(&train, &how(10).validation(&test)).unwrap();
    assert_eq!(history.epochs.len(), 10);
    let accuracy = model.evaluate(&test).unwrap().accuracy;
    assert!(accuracy > 0.9, "{accuracy}, {history:?}");
    let changed = changed(&before, &model);
    assert_eq!(changed.len(), 4, "{changed:?}");
    assert!(changed.iter().all(|name| name.contains("dense")));
}

#[test]
fn what_was_learnt_before_an_error_is_kept() {
    let train = Pictures::shaded(24, [32, 32]);
    let before = base().with_head(&Head::new(7)).unwrap();
    let mut model = before.clone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file, no folder");
    std::fs::write(&file, "").unwrap();
    says(model.fit(&train, &how(3).save_best(file.join("best.safetensors"))), &["best.safetensors", "writing"]);
    assert!(changed(&before, &model).iter().any(|name| name.contains("dense")));
}

#[test]
fn features_and_the_whole_network_train_the_same_head() {
    let train = Pictures::shaded(24, [32, 32]);
    let mut varying = Pictures::shaded(24, [32, 32]);
    varying.varies = true; // says so, but is the same: nothing is cached
    let (mut cached, mut whole) = (base().with_head(&Head::new(7)).unwrap(), base().with_head(&Head::new(7)).unwrap());
    let loss = |history: cuaderno_nn::History| history.loss();
    let losses = [loss(cached.fit(&train, &how(4)).unwrap()), loss(whole.fit(&varying, &how(4)).unwrap())];
    let mut head = Head::new(7);
    let features = base().features(&train).unwrap();
    let by_hand = loss(head.fit(&features, &how(4)).unwrap());
    for ((a, b), c) in losses[0].iter().zip(&losses[1]).zip(&by_hand) {
        assert!(a == b && a == c, "{losses:?} {by_hand:?}");
    }
    let (p, q) = (cached.predict(&train).unwrap(), whole.predict(&train).unwrap());
    assert_eq!(p, q);
}

#[test]
fn layers_are_called_as_their_summary_calls_them() {
    let mut model = base().with_dense(4, 2, 1).unwrap();
    let pictures = Pictures::shaded(4, [32, 32]);
    let [by_name, by_number] = ["Conv_1", "20 (Conv_1)"].map(|layer| model.outputs_of(layer, &pictures).unwrap());
    assert!(by_name == by_number && model.summary().layers[19].layer == "20 (Conv_1)");
    let message = model.outputs_of("Conv_2", &pictures).unwrap_err().to_string();
    assert!(message.contains("Conv_1") && message.contains(" more") && message.len() < 500, "{message}");
    model.unfreeze_last(2).unwrap();
    let text = model.summary().mime_bundle().plain().to_owned();
    let row = text.lines().find(|line| line.contains("Conv_1")).unwrap();
    assert!(row.ends_with(", 2,560 trainable"), "{text}");
}

#[test]
fn layers_are_unfrozen_by_number_and_by_name() {
    let train = Pictures::shaded(16, [32, 32]);
    let before = base().with_head(&Head::new(7)).unwrap();
    let trained = |unfreeze: &dyn Fn(&mut Pretrained)| {
        let mut model = before.clone();
        unfreeze(&mut model);
        model.fit(&train, &how(1)).unwrap();
        changed(&before, &model)
    };
    // Conv_1, Conv_1_bn (without its running statistics) and out_relu; the head's two layers
    let last = trained(&|model| model.unfreeze_last(3).unwrap());
    assert_eq!(last.len(), 1 + 2 + 4, "{last:?}");
    assert_eq!(trained(&|model| model.unfreeze_from("Conv_1").unwrap()), last);
    let block = trained(&|model| model.unfreeze_from("block_16").unwrap());
    assert_eq!(block.len(), 3 * 3 + last.len(), "{block:?}");
    assert_eq!(trained(&Pretrained::unfreeze).len(), before.tensors().count());
    assert_eq!(trained(&|model| model.unfreeze_last(0).unwrap()).len(), 4);

    let mut model = before.clone();
    says(model.unfreeze_from("block_17"), &["block_17", "block_16"]);
    says(model.unfreeze_last(1000), &["layers, not 1000"]);
}

#[test]
fn a_whole_model_survives_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let (path, best) = (folder.path().join("model.safetensors"), folder.path().join("best.safetensors"));
    let train = Pictures::shaded(16, [32, 32]);
    let mut model = base().with_dense(8, 2, 7).unwrap();
    model.fit(&train, &how(3).save_best(&best)).unwrap();
    model.save(&path).unwrap();
    let mut other =
        mobilenet_v2(0.35).input([3, 32, 32]).pooling(Pooling::Average).random(9).unwrap().with_dense(8, 2, 1).unwrap();
    other.load(&path).unwrap();
    assert_eq!(model.predict(&train).unwrap(), other.predict(&train).unwrap());
    other.load(&best).unwrap(); // the whole network, though only the head was trained
}

/// The learning rate of the second epoch takes the loss out of all bounds.
#[test]
fn the_best_file_holds_the_whole_network_after_a_run_that_broke_down() {
    let folder = tempfile::tempdir().unwrap();
    let best = folder.path().join("best.safetensors");
    let train = Pictures::shaded(16, [32, 32]);
    let mut model = base().with_head(&Head::new(7)).unwrap();
    let steps = cuaderno_nn::Schedule::Steps { at: vec![2], factor: 1e30 };
    let how = how(9).save_best(&best).optimizer(Optimizer::sgd(1e-3).schedule(steps));
    says(model.fit(&train, &how), &["epoch"]);
    base().with_head(&Head::new(1)).unwrap().load(&best).unwrap();
}

#[test]
fn mistakes_are_found_before_features_are_computed() {
    let train = Watched(Pictures::shaded(8, [32, 32]), || panic!("a picture was read"));
    let mut model = base().with_head(&Head::new(7)).unwrap();
    says(model.fit(&train, &how(1).batch_size(0)), &["batch_size is 0"]);
    says(model.fit(&train, &how(1).class_weights(&[1.0])), &["class_weights"]);
    says(base().with_dense(4, 3, 1).unwrap().fit(&train, &how(1)), &["3 outputs", "2 classes"]);
}

#[test]
fn pictures_scaled_for_another_network_are_refused_wherever_they_are_given() {
    let right = Pictures::shaded(8, [32, 32]);
    let wrong = Pictures::shaded(8, [32, 32]).times(255.0);
    let mut model = base().with_head(&Head::new(7)).unwrap();
    says(model.fit(&right, &how(1).validation(&wrong)), &["0 to 1", ".scaled"]);
    says(model.evaluate(&wrong), &["0 to 1", ".scaled"]);
    says(model.predict(&wrong), &["0 to 1", ".scaled"]);
}

#[test]
fn fine_tuning_goes_on_where_it_stopped() {
    cnn! { Maps: [512, 1, 1] => [flatten, dense(2), softmax] }
    let folder = tempfile::tempdir().unwrap();
    let mut train = Pictures::shaded(6, [32, 32]);
    train.varies = true; // as with augmentation: nothing is kept from epoch to epoch
    let start = || {
        let mut model = vgg16().input([3, 32, 32]).random(2).unwrap().with_head(&Maps::new(1)).unwrap();
        model.unfreeze_from("block5").unwrap();
        model
    };
    let with_checkpoint = |epochs| how(epochs).checkpoint(folder.path().join("tuning.checkpoint"), 1);
    let (mut whole, mut stopped, mut resumed) = (start(), start(), start());
    whole.fit(&train, &how(2)).unwrap();
    stopped.fit(&train, &with_checkpoint(1)).unwrap();
    assert_eq!(resumed.fit(&train, &with_checkpoint(2)).unwrap().epochs.len(), 2);
    assert_eq!(whole.network().current_weights(), resumed.network().current_weights());
}

#[test]
fn feature_maps_go_into_a_head() {
    cnn! { Maps: [512, 1, 1] => [flatten, dense(2), softmax] }
    let train = Pictures::shaded(6, [32, 32]);
    let network = vgg16().input([3, 32, 32]).random(2).unwrap();
    let mut model = network.with_head(&Maps::new(1)).unwrap();
    model.unfreeze_from("block5").unwrap();
    let needed = model.training_memory(&how(1)).total();
    model.unfreeze();
    assert!(model.training_memory(&how(1)).total() > needed);
    model.unfreeze_from("block5").unwrap();
    model.fit(&train, &how(1)).unwrap();
    assert_eq!(network.features(&train).unwrap().image_shape(), [512, 1, 1]);
    // The convolution before a pooling shows its own map, not the pooled one.
    let figure = network.feature_maps("block1_conv2", &train, 0).unwrap();
    assert!(figure.describe().contains("64 of 32x32 pixels"), "{}", figure.describe());
    says(network.feature_maps("block9_conv1", &train, 0), &["block9_conv1", "2_model/1_conv2d"]);
    assert!(network.filters("2_model/1_conv2d").unwrap().describe().contains("64 of 3x3 pixels"));
}

#[test]
fn a_small_resnet_is_tuned_from_a_block_on() {
    let (train, test) = (Pictures::shaded(24, [32, 32]), Pictures::shaded(10, [32, 32]));
    let base = resnet18().input([3, 32, 32]).pooling(Pooling::Average).random(4).unwrap();
    assert_eq!((base.source(), base.output().len()), (cuaderno_zoo::Source::Torchvision, 512));
    let before = base.with_dense(8, 2, 7).unwrap();
    let mut model = before.clone();
    model.unfreeze_from("conv5_block2").unwrap();
    model.fit(&train, &how(6)).unwrap();
    // Two convolutions, two normalizations without their running statistics, and the head.
    assert_eq!(changed(&before, &model).len(), 2 + 2 * 2 + 4);
    assert!(model.evaluate(&test).unwrap().accuracy > 0.9);
}

/// What a frozen network makes of a blend is not the blend of what it makes of its parts.
#[test]
fn blends_go_through_the_whole_network() {
    let train = Pictures::shaded(24, [32, 32]);
    let mut varying = train.clone();
    varying.varies = true;
    let loss = |pictures: &Pictures| {
        base().with_head(&Head::new(7)).unwrap().fit(pictures, &how(2).mixup(0.4)).unwrap().loss()
    };
    assert_eq!(loss(&train), loss(&varying));
}

#[test]
fn what_does_not_fit_is_answered_in_one_line() {
    let train = Pictures::shaded(8, [32, 32]);
    says(base().with_head(&Narrow::new(1)), &["puts out [1280]", "Narrow takes [512]"]);
    says(base().with_head(&Head::new(1)).unwrap().with_head(&Head::new(1)), &["has the head Head already"]);
    says(base().top_labels(&train, 3), &["has no top", "with_top"]);
    says(base().features(&Pictures::shaded(8, [32, 32]).times(255.0)), &["0 to 1", ".scaled"]);
    let wrong_size = base().features(&Pictures::shaded(8, [40, 40])).unwrap_err();
    assert!(matches!(wrong_size, ZooError::Network(NetworkError::ImageShape { .. })), "{wrong_size}");
    let mut model = base().with_dense(4, 3, 1).unwrap();
    says(model.fit(&train, &how(1)), &["3 outputs", "2 classes"]);
}

#[test]
fn the_samples_base_has_something_to_transfer() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    let size = [96, 96];
    let sports = |part| cuaderno_images::ImageSet::from_folder(format!("{data}/sports/{part}"), size).unwrap();
    let (train, test) = (sports("train"), sports("test"));
    let base = mobilenet_v2(0.35).input([3, 96, 96]).pooling(Pooling::Average);
    let learnt = base.load(format!("{data}/weights/mobilenet_v2_0.35_224_notop.safetensors")).unwrap();
    let how = Fit::new().epochs(15).optimizer(Optimizer::adam(1e-3)).seed(1).quiet();
    let right = |base: Pretrained| {
        let mut model = base.with_dense(64, 10, 1).unwrap();
        model.fit(&train, &how).unwrap();
        model.evaluate(&test).unwrap().accuracy
    };
    let (learnt, random) = (right(learnt), right(base.random(1).unwrap()));
    assert!(
        learnt >= 0.3 && learnt > random,
        "{learnt} of twenty pictures in ten classes, {random} with random weights"
    );
}
