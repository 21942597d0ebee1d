//! Training and prediction of the reports' networks, beside Keras and PyTorch in the same run.
//!
//! `CUADERNO_PEERS=<a Python with tensorflow, perhaps torch> cargo xtask bench nn [--only=model1]`. Each program runs in a process
//! of its own and takes turns with the others. Times are medians; a ratio is the median over the rounds, as a machine that is
//! faster for a moment is so for all whose turn it is. One JSON
//! object a line on stdout: ms a step (whole step: batch, forward, loss, backward, optimizer), GFLOP/s against the peak that
//! this machine reaches in registers, the process's peak memory, and one thread against all.

#![allow(clippy::disallowed_methods)] // a table of times

mod reports;

use cuaderno_nn::{Examples, Fit, Layer, Network, Optimizer, Stack};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Turns each program gets.
const ROUNDS: usize = 7;

struct Case {
    name: &'static str,
    title: &'static str,
    batch: usize,
    /// Steps of one turn.
    steps: usize,
    stack: &'static Stack,
    optimizer: fn() -> Optimizer,
}

fn cases() -> Vec<Case> {
    use reports::*;
    let rmsprop = || Optimizer::rmsprop(1e-3).into();
    let sgd = || Optimizer::sgd(0.01).into();
    let case = |name, title, batch, steps, stack, optimizer| Case { name, title, batch, steps, stack, optimizer };
    vec![
        case("model1", "R0 model 1", 128, 6, RedditModel1::STACK, rmsprop),
        case("model2", "R0 model 2", 128, 3, RedditModel2::STACK, rmsprop),
        case("model3", "R0 model 3", 128, 3, RedditModel3::STACK, rmsprop),
        case("model4", "R0 model 4", 128, 3, RedditModel4::STACK, rmsprop),
        case("model5", "R0 model 5", 128, 3, RedditModel5::STACK, rmsprop),
        case("blood", "R1", 20, 6, BloodCells::STACK, rmsprop),
        case("basenet", "R2 BaseNet", 32, 300, BaseNet::STACK, sgd),
        case("pre", "R2 Pre", 32, 50, Pre::STACK, sgd),
        case("cifar10", "R4", 32, 100, Cifar10::STACK, || Optimizer::adam(1e-3).into()),
    ]
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, name] = &arguments[..]
        && mode == "worker"
    {
        return work(cases().iter().find(|case| case.name == name).ok_or("no such network")?);
    }
    let only = arguments.iter().find_map(|argument| argument.strip_prefix("--only="));
    let peak = (0..3).map(|_| peak_gflops()).fold(0.0, f64::max);
    eprintln!("nn: {} threads, peak {peak:.0} GFLOP/s", rayon::current_num_threads());
    let mut ratios: Vec<(String, f64)> = Vec::new();
    for case in cases().iter().filter(|case| only.is_none_or(|only| only == case.name)) {
        measure(case, peak, &mut ratios)?;
    }
    let mut kinds: Vec<&String> = ratios.iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    kinds.dedup();
    for kind in kinds {
        let logs: Vec<f64> = ratios.iter().filter(|(of, _)| of == kind).map(|(_, ratio)| ratio.ln()).collect();
        let mean = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
        let greatest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max).exp();
        println!(r#"{{"bench": "nn", "case": "geometric mean, {kind}", "ratio": {mean:.3}}}"#);
        println!(r#"{{"bench": "nn", "case": "greatest, {kind}", "ratio": {greatest:.3}}}"#);
    }
    Ok(())
}

/// Runs one network in every program, turn by turn, and prints what was found.
fn measure(case: &Case, peak: f64, ratios: &mut Vec<(String, f64)>) -> Result<()> {
    let mut ours = Program::ours(case, None)?;
    let mut single = Program::ours(case, Some(1))?;
    let mut peers: Vec<(&str, Program)> =
        ["keras", "torch"].into_iter().filter_map(|peer| Some((peer, Program::peer(peer, case)?))).collect();
    for (kind, flops) in [("train", flops(case.stack, true)), ("predict", flops(case.stack, false))] {
        let ask = format!("{kind} {}", case.steps);
        // A row for each round: ours, ours on one thread, and the peers.
        let mut rounds: Vec<Vec<f64>> = Vec::new();
        for _ in 0..ROUNDS {
            let mut round = vec![ours.ask(&ask)?, single.ask(&ask)?];
            for (_, program) in &mut peers {
                round.push(program.ask(&ask)?);
            }
            rounds.push(round);
        }
        let over_rounds = |value: &dyn Fn(&[f64]) -> f64| median(rounds.iter().map(|round| value(round)).collect());
        let own = over_rounds(&|round| round[0]);
        let ms = |seconds: f64| seconds * 1e3 / case.steps as f64;
        let speed = flops * case.batch as f64 / (ms(own) * 1e6);
        let memory = ours.ask("memory")?;
        let line = format!(
            r#""bench": "nn", "case": "{} {kind}, batch {}", "ours": {:.3}, "unit": "ms", "gflops": {speed:.1}, "peak_gflops": {peak:.0}, "threads": {}, "scaling": {:.2}, "memory_mb": {memory:.0}"#,
            case.title,
            case.batch,
            ms(own),
            rayon::current_num_threads(),
            over_rounds(&|round| round[1] / round[0]),
        );
        if peers.is_empty() {
            println!("{{{line}}}");
        }
        let mut greatest: f64 = 0.0;
        for (index, (peer, program)) in peers.iter_mut().enumerate() {
            let value = over_rounds(&|round| round[2 + index]);
            let (ratio, memory) = (over_rounds(&|round| round[0] / round[2 + index]), program.ask("memory")?);
            greatest = greatest.max(ratio);
            ratios.push((format!("{kind}, {peer}"), ratio));
            println!(
                r#"{{{line}, "peer": "{peer}", "peer_value": {:.3}, "ratio": {ratio:.3}, "peer_memory_mb": {memory:.0}}}"#,
                ms(value)
            );
        }
        if peers.len() > 1 {
            ratios.push((format!("{kind}, the faster peer"), greatest));
        }
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A process that answers each line with a number.
struct Program {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Program {
    fn ours(case: &Case, threads: Option<usize>) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["worker", case.name]);
        if let Some(threads) = threads {
            command.env("RAYON_NUM_THREADS", threads.to_string());
        }
        Self::start(&mut command)
    }

    /// A peer, if there is a Python that has it.
    fn peer(peer: &str, case: &Case) -> Option<Self> {
        let python = std::env::var_os("CUADERNO_PEERS")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join("bench_nn.py");
        let mut command = Command::new(python);
        command.arg(script).args([peer, case.name]).arg(case.batch.to_string()).stderr(Stdio::null());
        Self::start(&mut command).inspect_err(|_| eprintln!("nn: {peer} is not there")).ok()
    }

    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (questions, answers) = (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        let mut program = Self { child, questions, answers: BufReader::new(answers) };
        let ready = program.answer()?;
        if ready == "ready" { Ok(program) } else { Err(format!("`{ready}` instead of `ready`").into()) }
    }

    fn ask(&mut self, question: &str) -> Result<f64> {
        writeln!(self.questions, "{question}")?;
        Ok(self.answer()?.parse()?)
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Our side of the conversation: the same lines as `bench_nn.py`.
fn work(case: &Case) -> Result<()> {
    let mut network = Network::new(case.stack, 1);
    let pictures = Pictures::new(&network, 4 * case.batch);
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line?;
        let (command, count) = line.split_once(' ').unwrap_or((&line, "0"));
        let steps: usize = count.parse()?;
        match command {
            "train" => {
                let how = Fit::new().epochs(2).steps_per_epoch(steps).batch_size(case.batch);
                let history = network.fit(&pictures, &how.optimizer((case.optimizer)()).quiet())?;
                println!("{}", history.epochs[1].seconds);
            }
            "predict" => {
                let many = pictures.repeated(steps * case.batch);
                let start = Instant::now();
                network.predict(&many)?;
                println!("{}", start.elapsed().as_secs_f64());
            }
            _ => println!("{}", peak_memory()?),
        }
    }
    Ok(())
}

/// Pictures in memory: no decoding is measured.
#[derive(Clone)]
struct Pictures {
    shape: [usize; 3],
    values: Arc<Vec<f32>>,
    count: usize,
    names: Vec<String>,
}

impl Pictures {
    fn new(network: &Network, count: usize) -> Self {
        let (size, classes) = (network.input().size(), network.output().len());
        let shape = [network.input().channels(), size[0], size[1]];
        let noise = |i: usize| (i * 2_654_435_761 % 1000) as f32 / 1000.0;
        let values = (0..count * network.input().len()).map(noise).collect::<Vec<_>>().into();
        Self { shape, values, count, names: (0..classes).map(|class| class.to_string()).collect() }
    }

    /// The same pictures again and again, `count` in all.
    fn repeated(&self, count: usize) -> Self {
        Self { count, names: self.names.clone(), values: self.values.clone(), ..*self }
    }
}

impl Examples for Pictures {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.count
    }

    fn image_shape(&self) -> [usize; 3] {
        self.shape
    }

    fn class_names(&self) -> &[String] {
        &self.names
    }

    fn label(&self, index: usize) -> usize {
        index % self.names.len()
    }

    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        let stored = self.values.len() / out.len();
        out.copy_from_slice(&self.values[index % stored * out.len()..][..out.len()]);
    }
}

/// Multiplications and additions that one picture's convolutions and dense layers take; back again twice that, except for
/// the first layer, whose input needs no gradient.
fn flops(stack: &Stack, train: bool) -> f64 {
    let (mut total, mut first, mut input) = (0.0, true, stack.input());
    for (layer, output) in stack.layers().iter().zip(stack.shapes()) {
        let inner = match layer {
            Layer::Conv2d(conv) => conv.kernel[0] * conv.kernel[1] * input.channels() / conv.groups,
            Layer::Dense(_) => input.len(),
            _ => 0,
        };
        let times = match (train, first) {
            (false, _) => 1.0,
            (true, true) => 2.0,
            (true, false) => 3.0,
        };
        total += times * 2.0 * (inner * output.len()) as f64;
        (first, input) = (first && inner == 0, *output);
    }
    total
}

/// GFLOP/s of multiply-adds whose operands stay in registers, on all threads.
fn peak_gflops() -> f64 {
    const STEPS: usize = 2_000_000;
    const SUMS: usize = 12;
    struct MultiplyAdd;
    impl WithSimd for MultiplyAdd {
        type Output = f64;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> f64 {
            let factor = std::hint::black_box(simd.splat_f32s(0.999));
            let mut sums = [simd.splat_f32s(1.0); SUMS];
            for _ in 0..STEPS {
                for sum in &mut sums {
                    *sum = simd.mul_add_e_f32s(*sum, factor, factor);
                }
            }
            std::hint::black_box(sums);
            (2 * STEPS * SUMS * S::F32_LANES) as f64
        }
    }
    let threads = rayon::current_num_threads();
    let start = Instant::now();
    let flops: f64 = (0..threads).into_par_iter().with_max_len(1).map(|_| Arch::new().dispatch(MultiplyAdd)).sum();
    flops / start.elapsed().as_secs_f64() / 1e9
}

/// The most memory this process has used, in MB.
fn peak_memory() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
