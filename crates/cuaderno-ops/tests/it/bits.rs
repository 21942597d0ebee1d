//! One machine stands for all: each set of instructions and number of threads in a process of its own.

use crate::operations::{all, digest};
use std::process::Command;

const MARK: &str = "digest\t";

#[test]
#[ignore = "the tests below start it, in a process with the setting they ask for"]
fn print_digests() {
    println!("\ninstructions\t{}", cuaderno_ops::instructions());
    for (name, values) in all() {
        assert!(values.iter().all(|x| x.is_finite()), "{name} has numbers that are none");
        println!("{MARK}{:016x}\t{name}", digest(&values));
    }
}

/// The instructions that a process with this setting used, its digests, and what it said on stderr.
fn digests(instructions: Option<&str>, threads: usize) -> (String, Vec<String>, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "bits::print_digests", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("RAYON_NUM_THREADS", threads.to_string()).env_remove("CUADERNO_SIMD");
    if let Some(instructions) = instructions {
        command.env("CUADERNO_SIMD", instructions);
    }
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{stdout}\n{stderr}");
    let used = stdout.lines().find_map(|line| line.strip_prefix("instructions\t")).unwrap().to_owned();
    let digests: Vec<_> = stdout.lines().filter_map(|line| line.strip_prefix(MARK)).map(str::to_owned).collect();
    assert!(digests.len() > 100, "{stdout}");
    (used, digests, stderr)
}

/// Compares with the default on one thread.
fn check(instructions: Option<&str>, threads: &[usize]) {
    let (best, expected, _) = digests(None, 1);
    for threads in threads {
        let (used, got, _) = digests(instructions, *threads);
        assert_eq!(used, instructions.unwrap_or(&best), "these instructions were asked for");
        let different: Vec<_> = got.iter().zip(&expected).filter(|(got, expected)| got != expected).collect();
        assert!(got.len() == expected.len() && different.is_empty(), "{used}, {threads} threads: {different:#?}");
    }
}

#[test]
fn every_number_of_threads_gives_the_same_bits() {
    check(None, &[2, 3, 4]);
}

#[test]
fn portable_code_gives_the_same_bits() {
    check(Some("portable"), &[1, 3]);
}

#[test]
fn avx2_gives_the_same_bits() {
    if !["avx2", "avx512"].contains(&cuaderno_ops::instructions()) && std::env::var_os("CUADERNO_SIMD").is_none() {
        return eprintln!("NOT TESTED: this processor has no AVX2");
    }
    check(Some("avx2"), &[1, 4]);
}

#[test]
fn unknown_instructions_are_told_with_the_choices() {
    let (used, _, stderr) = digests(Some("avx1024"), 1);
    assert_ne!(used, "avx1024");
    assert!(stderr.contains("CUADERNO_SIMD=avx1024 is not available") && stderr.contains("portable"), "{stderr}");
}
