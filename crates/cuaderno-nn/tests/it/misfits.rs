//! What does not fit does not compile, and the compiler says why.
//!
//! Each `tests/ui/NAME.rs` has its message in `NAME.stderr` and a corrected twin `NAME_fixed.rs` that compiles. After a
//! change of wording: `TRYBUILD=overwrite cargo test -p cuaderno-nn misfits`, then read the difference.

#[test]
fn misfits_are_compile_errors_that_name_layer_and_sizes() {
    let cases = trybuild::TestCases::new();
    for name in [
        "window_too_large",
        "dense_without_flatten",
        "conv_after_flatten",
        "groups_do_not_divide",
        "option_of_another_layer",
        "residual_changes_shape",
        "model_in_model",
        "unknown_layer",
        "batch_of_another_size",
        "labels_of_another_head",
    ] {
        cases.compile_fail(format!("tests/ui/{name}.rs"));
        cases.pass(format!("tests/ui/{name}_fixed.rs"));
    }
}
