"""Lines that speak to the kernel."""

import os

import pytest

from conversation import conversation


def test_help_lists_every_command(kernel):
    text = kernel.ok(":help").result
    for command in [":help", ":vars", ":type", ":timing", ":opt", ":dep", ":doc", ":explain", ":reset", "!COMMAND"]:
        assert command in text


def test_an_unknown_command_suggests_the_nearest(kernel):
    error = kernel.run(":tmiing").error
    assert "did you mean :timing?" in error["evalue"]


def test_the_type_of_an_expression(kernel):
    kernel.ok("let numbers = vec![1.5];")
    assert kernel.ok(":type numbers.iter().sum::<f64>()").result == "f64"
    assert kernel.ok(":type vec![DataFrame::empty()]").result == "Vec<DataFrame>"


def test_shell_lines(kernel):
    assert kernel.ok("!echo über").stdout == "über\n"
    assert "exit code 3" in kernel.run("!exit 3").error["evalue"]


def test_timing_is_told_until_switched_off(kernel):
    kernel.ok(":timing")
    assert "compiled in" in kernel.ok("1 + 1").stderr
    kernel.ok(":timing")
    assert kernel.ok("1 + 1").stderr == ""


def test_reset_forgets(kernel):
    kernel.ok("let x = 1;")
    kernel.ok(":reset")
    assert kernel.run("x").status == "error"


def test_variables_have_types_and_sizes(kernel):
    kernel.ok('let numbers = vec![0.5; 1000];\nlet whole: i32 = 3;\nlet frame = df!("x" => [1.0, 2.0])?;')
    rows = {line.split()[0]: line for line in kernel.ok(":vars").result.splitlines()}
    assert rows["whole"].split() == ["whole", "i32", "4", "B"]
    assert "Vec<f64>" in rows["numbers"] and rows["numbers"].endswith("8.0 kB")
    assert rows["frame"].split()[1] == "DataFrame"
    assert kernel.ok("numbers.len()").result == "1000"


def test_shell_output_comes_as_it_is_written(kernel):
    cell = kernel.ok("!echo first; echo second >&2; printf 'naïve…'")
    assert cell.stdout == "first\nnaïve…" and cell.stderr == "second\n"


def test_a_shell_line_can_be_interrupted_with_all_it_started(kernel):
    message_id = kernel.interrupted("!echo started; sleep 4321 & sleep 4321", after="started")
    assert "interrupted" in kernel.reply(message_id)["evalue"]
    kernel.drain()
    assert "4321" not in kernel.ok("!ps -eo args | grep '[s]leep 4321' || true").stdout
    assert kernel.ok("1 + 1").result == "2"


def crate(folder, name, code, more="", version="0.1.0"):
    (folder / "src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text(f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2024"\n{more}')
    (folder / "src" / "lib.rs").write_text(code)
    return folder


@pytest.fixture
def own_crate(tmp_path):
    """A crate of the student's, which needs nothing from elsewhere."""
    return crate(tmp_path / "own", "my-tools", "pub fn double<T: std::ops::Add<Output = T> + Copy>(x: T) -> T {\n    x + x\n}\n")


def test_a_crate_of_ones_own_beside_the_preload(kernel, own_crate):
    cell = kernel.ok(f':dep my-tools = {{ path = "{own_crate}" }}')
    assert "my-tools is there" in cell.stdout
    assert any("compiling my-tools" in content["data"]["text/plain"] for content in cell.of("display_data"))
    assert kernel.ok('use my_tools::double;\nlet frame = df!("x" => [1, 2])?;\ndouble(frame.height())').result == "4"


def test_a_crate_may_have_another_name(kernel, own_crate, tmp_path):
    kernel.ok(f':dep mine = {{ package = "my-tools", path = "{own_crate}" }}')
    assert kernel.ok("mine::double(2)").result == "4"
    other = crate(tmp_path / "other", "md-5", "pub fn digest() -> i32 { 5 }", '[lib]\nname = "md5"\n')
    kernel.ok(f':dep md-5 = {{ path = "{other}" }}')
    assert kernel.ok("use md5::digest;\nmine::double(digest())").result == "10"


def test_of_several_builds_of_a_crate_the_declared_one_is_used(kernel, own_crate, tmp_path):
    newer = crate(tmp_path / "newer", "my-tools", "pub fn triple(x: i32) -> i32 { 3 * x }", version="0.2.0")
    code = "pub fn six(x: i32) -> i32 { my_tools::triple(2 * x) }"
    needs = f'[dependencies]\nmy-tools = {{ path = "{newer}" }}\n[build-dependencies]\nold-tools = {{ package = "my-tools", path = "{own_crate}" }}\n'
    user = crate(tmp_path / "user", "user", code, needs)
    (user / "build.rs").write_text("fn main() { assert_eq!(old_tools::double(2), 4); }")
    kernel.ok(f':dep user = {{ path = "{user}" }}')
    kernel.ok(f':dep my-tools = {{ path = "{own_crate}" }}')
    assert kernel.ok("my_tools::double(user::six(1))").result == "12"


def test_a_crate_without_a_library_is_one_line(kernel, own_crate):
    (own_crate / "src" / "lib.rs").rename(own_crate / "src" / "main.rs")
    error = kernel.run(f':dep my-tools = {{ path = "{own_crate}" }}').error
    assert error["evalue"] == "cell 1, line 1: my-tools has no library that a cell could use"


def test_a_crate_of_the_kernels_needs_no_dep(kernel, tmp_path):
    assert "is there without :dep" in kernel.ok(':dep serde = "1"').stdout
    other = crate(tmp_path / "other", "serde", "pub fn answer() -> i32 { 42 }")
    kernel.ok(f':dep my-serde = {{ package = "serde", path = "{other}" }}')
    assert kernel.ok("#[derive(Debug, serde::Serialize)]\nstruct Answer(i32);\nAnswer(my_serde::answer())").result == "Answer(42)"


def test_dep_lines_of_stock_notebooks(kernel):
    line = ':dep plotters = { version = "^0.3.0", default-features = false, features = ["evcxr", "all_series"] }'
    cell = kernel.ok(f"// what the notebook needs\n{line}\n  :dep serde_json\n1 + 1")
    assert cell.stdout.splitlines()[0].startswith("plotters 0.3.") and cell.stdout.count("is there without :dep") == 2
    assert cell.result == "2"
    assert "with the features that the kernel was built with; for others give it another name: `:dep my-plotters = " in cell.stdout.splitlines()[0]
    figure = kernel.ok("use plotters::prelude::*;\nevcxr_figure((300, 100), |root| {\n    root.fill(&BLUE)?;\n    Ok(())\n})")
    assert "<svg" in str(figure.outputs)


def test_another_version_of_a_crate_of_the_kernels_is_told(kernel):
    error = kernel.run(':dep polars = "0.37"').error["evalue"]
    assert "this kernel has polars 0.5" in error and "asks for 0.37" in error and "my-polars" in error


def test_crates_that_the_library_speaks_in_need_no_dep(kernel):
    kernel.ok("use rand::SeedableRng;\nlet mut rng = rand::rngs::StdRng::seed_from_u64(1);")
    date = 'df!("d" => [chrono::NaiveDate::from_ymd_opt(1997, 1, 10).unwrap()])?.height()'
    assert kernel.ok(date).result == "1"
    assert ":dep no_such_crate" in "".join(kernel.run("use no_such_crate::Thing;").error["traceback"])


def test_a_folder_alone_is_a_crate(own_crate):
    with conversation(cwd=str(own_crate.parent)) as kernel:
        assert "my-tools is there" in kernel.ok(f":dep ./{own_crate.name}").stdout
        assert kernel.ok("my_tools::double(2)").result == "4"


def test_a_feature_that_is_not_there_is_named(kernel, own_crate):
    error = kernel.run(f':dep my-tools = {{ path = "{own_crate}", features = ["extra"] }}').error["evalue"]
    assert "`extra`" in error and len(error.splitlines()) == 1


@pytest.mark.parametrize(
    "command", [":types", ":fmt {:#?}", ":efmt {}", ":preserve_vars_on_panic 1", ":last_error_json", ":toolchain nightly", ":linker lld", ":cache 500",
                ":offline 1", ":sccache 1", ":load_config", ":opt", ":opt 0", ":version", ":show_deps", ":clear", ":t 1 + 1", ":explain E0382"]
)
def test_commands_of_stock_evcxr_are_answered(kernel, command):
    cell = kernel.ok(f"{command}\n40 + 2", allow_stdin=False)
    assert "42" in [content["data"]["text/plain"] for content in cell.of("execute_result")]
    assert cell.stdout or len(cell.of("execute_result")) == 2


def test_not_is_no_shell_line(kernel):
    kernel.ok("let seen = vec![true, false];")
    assert kernel.ok("!seen.is_empty()").result == "true"
    assert kernel.ok("!seen.iter().all(|right| *right)\n    && seen.len() == 2").result == "true"
    assert kernel.ok("!true").result == "false"
    assert kernel.ok("!echo hello").stdout == "hello\n"
    assert "(!no_such_program)" in kernel.run("!no_such_program").error["evalue"]


@pytest.mark.parametrize(
    "code, line, advice",
    [
        ("%%time\nlet n: u64 = (1..=1000).sum();\nn", 1, ":timing"),
        ("%matplotlib inline\nlet n = 3;", 1, "delete the line"),
        ("%pip install polars", 1, ":dep NAME"),
        ("let n = 3;\n!ls", 2, "head of a cell"),
        ("let n = 3;\n:vars", 2, "head of a cell"),
        ("import numpy as np", 1, ":dep NAME"),
        ("let xs = [1];\nfor x in xs:\n    x", 2, "braces"),
    ],
)
def test_lines_of_other_notebooks_are_answered_in_one(kernel, code, line, advice):
    error = kernel.run(code).error
    assert error["evalue"].startswith(f"cell 1, line {line}: ") and advice in error["evalue"]
    assert len(error["traceback"]) == 1 and len(error["evalue"].splitlines()) == 1


def test_what_is_wrong_with_a_crate_is_one_line(kernel, own_crate):
    (own_crate / "src" / "lib.rs").write_text("pub fn broken( {}\n")
    error = kernel.run(f':dep my-tools = {{ path = "{own_crate}" }}').error
    assert "my-tools does not compile: " in error["evalue"]
    assert len(error["evalue"].splitlines()) == 1
    error = kernel.run(':dep my-tools = { path = "not/there" }').error
    assert "not/there" in error["evalue"] and len(error["evalue"].splitlines()) == 1
    assert kernel.ok("1 + 1").result == "2"


def test_a_crate_is_built_by_the_compiler_of_the_preload(own_crate, monkeypatch, tmp_path):
    # As a kernel finds it that a desktop starts: no toolchain chosen, another cargo on the PATH.
    monkeypatch.delenv("RUSTUP_TOOLCHAIN", raising=False)
    cargo = tmp_path / "bin" / "cargo"
    cargo.parent.mkdir()
    cargo.write_text("#!/bin/sh\necho wrong cargo >&2; exit 1\n")
    cargo.chmod(0o755)
    monkeypatch.setenv("PATH", f"{cargo.parent}{os.pathsep}{os.environ['PATH']}")
    with conversation() as kernel:
        kernel.ok(f':dep my-tools = {{ path = "{own_crate}" }}')
        assert kernel.ok("my_tools::double(2)").result == "4"


def test_a_start_up_file_runs_before_the_first_cell_and_the_stamp_names_it(tmp_path):
    start = tmp_path / "cuaderno" / "start.rs"
    start.parent.mkdir()
    start.write_text("use std::collections::BTreeMap;\nfn half(x: f64) -> f64 { x / 2.0 }\nlet kept = 7;\n")
    with conversation(env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}) as kernel:
        first = kernel.ok("BTreeMap::from([(1, half(3.0))])")
        assert first.result == "{1: 1.5}" and first.stderr == f"start-up file {start} was run\n"
        assert kernel.ok("kept").result == "7"
        assert "start-up  start.rs, sha256 " in kernel.ok("stamp(1)").result
        kernel.ok(":reset")
        assert kernel.ok("half(kept as f64)").result == "3.5"
        start.write_text("let a = 1;\nlet b = a + ;\n")
        kernel.ok(":reset")
        cell = kernel.ok("1 + 1")
        assert cell.result == "2" and cell.stderr.startswith(f"start-up file {start}, line 2: expected expression")
    with conversation(env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "CUADERNO_START": ""}) as kernel:
        assert kernel.ok("1 + 1").stderr == "" and "start-up" not in kernel.ok("stamp(1)").result
    with conversation(env={**os.environ, "CUADERNO_START": "/no/such/start.rs"}) as kernel:
        assert "start-up file /no/such/start.rs: No such file" in kernel.ok("1 + 1").stderr
