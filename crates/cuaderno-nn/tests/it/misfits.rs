//! What does not fit does not compile, and the compiler says why.
//!
//! Each `tests/ui/NAME.rs` has its message in `NAME.stderr`; the corrected twin `tests/ui_fixed/NAME.rs` is a module of this file, so
//! that it compiles with the tests. After a change of wording: `TRYBUILD=overwrite cargo test -p cuaderno-nn misfits`,
//! then read the difference.

#[test]
fn misfits_are_compile_errors_that_name_layer_and_sizes() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[allow(dead_code)]
#[path = "../ui_fixed/batch_of_another_size.rs"]
mod batch_of_another_size;
#[allow(dead_code)]
#[path = "../ui_fixed/conv_after_flatten.rs"]
mod conv_after_flatten;
#[allow(dead_code)]
#[path = "../ui_fixed/dense_without_flatten.rs"]
mod dense_without_flatten;
#[allow(dead_code)]
#[path = "../ui_fixed/groups_do_not_divide.rs"]
mod groups_do_not_divide;
#[allow(dead_code)]
#[path = "../ui_fixed/labels_of_another_head.rs"]
mod labels_of_another_head;
#[allow(dead_code)]
#[path = "../ui_fixed/model_in_model.rs"]
mod model_in_model;
#[allow(dead_code)]
#[path = "../ui_fixed/option_of_another_layer.rs"]
mod option_of_another_layer;
#[allow(dead_code)]
#[path = "../ui_fixed/residual_changes_shape.rs"]
mod residual_changes_shape;
#[allow(dead_code)]
#[path = "../ui_fixed/setting_of_another_optimizer.rs"]
mod setting_of_another_optimizer;
#[allow(dead_code)]
#[path = "../ui_fixed/too_many_layers.rs"]
mod too_many_layers;
#[allow(dead_code)]
#[path = "../ui_fixed/unknown_layer.rs"]
mod unknown_layer;
#[allow(dead_code)]
#[path = "../ui_fixed/window_too_large.rs"]
mod window_too_large;
