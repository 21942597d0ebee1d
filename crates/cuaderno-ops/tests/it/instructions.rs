use std::process::Command;

/// Runs the other tests of this binary as on a machine with fewer instructions.
fn run_with(instructions: &str) {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--skip", "instructions::every_", "--skip", "bits::", "--quiet"])
        .env("CUADERNO_SIMD", instructions)
        .env("CUADERNO_EXPECTED", instructions)
        .status()
        .unwrap();
    assert!(status.success(), "tests fail with CUADERNO_SIMD={instructions}");
}

#[test]
fn every_test_passes_with_portable_code() {
    run_with("portable");
}

#[test]
fn every_test_passes_with_avx2() {
    if cuaderno_ops::instructions() == "avx512" {
        run_with("avx2"); // where AVX2 is the best there is, the tests have run with it already
    }
}

/// In the processes started above: what was asked for is what is used.
#[test]
fn the_instructions_asked_for_are_used() {
    if let Ok(expected) = std::env::var("CUADERNO_EXPECTED") {
        assert_eq!(cuaderno_ops::instructions(), expected);
    }
}
