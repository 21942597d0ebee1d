use std::process::Command;

/// Runs the other tests of this binary as on a machine with fewer instructions.
fn run_with(instructions: &str) {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--skip", "instructions::", "--quiet"])
        .env("CUADERNO_SIMD", instructions)
        .status()
        .unwrap();
    assert!(status.success(), "tests fail with CUADERNO_SIMD={instructions}");
}

#[test]
fn portable_code_passes_every_test() {
    run_with("portable");
}

#[test]
fn avx2_passes_every_test() {
    run_with("avx2");
}
