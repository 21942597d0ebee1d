"""What a cell needs of the linker."""


def test_arithmetic_that_the_processor_lacks(kernel):
    assert kernel.ok("let big: u128 = 7_u128.pow(40);\nbig / 7_u128.pow(38)").result == "49"
    assert kernel.ok("(2.0_f32).powi(10)").result == "1024.0"


def test_functions_of_c_libraries(kernel):
    cell = 'unsafe extern "C" {\n    fn cbrt(x: f64) -> f64;\n}\nunsafe { cbrt(27.0) }'
    assert kernel.ok(cell).result == "3.0"
    named = '#[link(name = "m")]\nunsafe extern "C" {\n    fn tgamma(x: f64) -> f64;\n}\nunsafe { tgamma(5.0) }'
    assert kernel.ok(named).result == "24.0"


def test_a_symbol_that_nobody_has(kernel):
    failed = kernel.run('unsafe extern "C" {\n    fn nobody_has_this();\n}\nunsafe { nobody_has_this() }')
    assert "nobody_has_this" in failed.error["evalue"]
    assert kernel.ok("1 + 1").result == "2"


def test_each_cell_runs_its_own_code(kernel):
    kernel.run("fn answer() -> i32 {\n    1\n}\nlet first: fn() -> i32 = answer;")
    assert kernel.ok("fn answer() -> i32 {\n    2\n}\nanswer() * 10 + first()").result == "21"


def test_threads_and_their_own_variables(kernel):
    cell = (
        "use std::cell::RefCell;\n"
        "thread_local! { static SEEN: RefCell<Vec<i32>> = const { RefCell::new(Vec::new()) }; }\n"
        "let sums: Vec<i32> = (0..3).map(|n| std::thread::spawn(move || {\n"
        "    SEEN.with_borrow_mut(|seen| seen.extend([n, n]));\n"
        "    SEEN.with_borrow(|seen| seen.iter().sum())\n"
        "})).map(|thread| thread.join().unwrap()).collect();\nsums"
    )
    assert kernel.ok(cell).result == "[0, 2, 4]"
