"""A value never outlives the meaning of its type, and nothing sticks: names can be used again, newer definitions replace older ones."""

import pytest

from conversation import conversation

GONE = "a type was defined anew, so variables of the old one are gone"


def test_an_import_that_changes_leaves_old_types_as_they_are(kernel):
    kernel.ok("use std::collections::HashMap as Map;\nstruct S { m: Map<i32, i32> }\nlet s = S { m: Map::from([(1, 2)]) };")
    assert kernel.ok("use std::collections::BTreeMap as Map;\ns.m.len()").result == "1"
    assert kernel.ok('println!("{}", s.m.iter().count());').stdout == "1\n"
    assert kernel.ok("let m: Map<i32, i32> = Map::new();\nm.first_key_value().is_none()").result == "true"


def test_a_definition_that_hides_a_name_of_the_prelude_leaves_old_types_as_they_are(kernel):
    kernel.ok("struct Page { p: Option<HashSet<u8>> }\nlet page = Page { p: Some(HashSet::from([1])) };")
    kernel.ok("struct HashSet(u8);")
    assert kernel.ok("page.p.as_ref().map(|set| set.len())").result == "Some(1)"
    assert kernel.ok("HashSet(3).0").result == "3"


def test_values_of_an_old_type_behind_any_are_not_taken_for_the_new(kernel):
    kernel.ok("#[derive(Debug)]\nstruct E(u8);\nlet b: Box<dyn std::any::Any> = Box::new(E(3));")
    kernel.ok("#[derive(Debug)]\nstruct E(String);")
    assert kernel.ok("b.downcast_ref::<E>().map(|e| e.0.len())").result == "None"


@pytest.mark.parametrize(
    "before, after",
    [
        ("struct A;\nimpl A { const N: usize = 2; }\nstruct B { v: [u64; A::N] }\nlet b = B { v: [1, 2] };", "impl A { const N: usize = 4; }"),
        ("trait Kind { type Out; }\nstruct K;\nimpl Kind for K { type Out = u64; }\nstruct W<T: Kind>(T::Out);\nlet b: W<K> = W(8);",
         "impl Kind for K { type Out = Box<u64>; }"),
        ("mod shapes { pub struct Side(pub f64); }\nstruct Square(shapes::Side);\nlet b = Square(shapes::Side(1.0));",
         "mod shapes { pub struct Side(pub String); }"),
        ("type Number = u8;\nstruct Pair(Number, Number);\nlet b = vec![Pair(1, 2)];", "type Number = String;"),
    ],
    ids=["a constant of an implementation", "a type of an implementation", "a module", "an alias"],
)
def test_values_whose_type_has_changed_are_gone(kernel, before, after):
    kernel.ok(before + "\nlet other = 1;")
    assert kernel.ok(after).stderr == f"{GONE}: b\n"
    assert GONE in kernel.run("let _ = &b;").error["evalue"]
    assert kernel.ok("other").result == "1"


def test_values_of_a_crate_that_was_built_again_are_not_taken_for_the_new(kernel, tmp_path):
    library = tmp_path / "mylib"
    (library / "src").mkdir(parents=True)
    (library / "Cargo.toml").write_text('[package]\nname = "mylib"\nversion = "0.1.0"\nedition = "2024"\n')
    source = library / "src" / "lib.rs"
    source.write_text("pub struct S { pub a: u64 }\npub fn make() -> S { S { a: 7 } }\n")
    kernel.ok(f':dep mylib = {{ path = "{library}" }}')
    kernel.ok("let s = mylib::make();\nlet other = 1;")
    assert kernel.ok("s.a").result == "7"
    source.write_text('pub struct S { pub a: String }\npub fn make() -> S { S { a: "seven".into() } }\n')
    kernel.ok(f':dep mylib = {{ path = "{library}" }}')
    assert "`s` is no longer there" in kernel.run("s.a.len()").error["evalue"]
    assert kernel.ok("let s = mylib::make();\n(s.a.len(), other)").result == "(5, 1)"


def test_types_keep_their_private_parts_and_their_paths(kernel):
    kernel.ok("mod tools { pub struct Pair(pub i32, i32); impl Pair { pub fn new() -> Self { Pair(1, 2) } } }\nuse crate::tools::Pair;\nstruct Own { inner: i32 }")
    kernel.ok("impl Own { fn twice(&self) -> i32 { 2 * self.inner } }\nfn make() -> Own { Own { inner: 4 } }")
    kernel.ok("struct Own { inner: i32, more: u8 }")
    kernel.ok("fn make() -> Own { Own { inner: 5, more: 1 } }")
    assert kernel.ok("let own = make();\n(own.twice(), own.inner, crate::make().more, Pair::new().0)").result == "(10, 5, 1, 1)"


def test_statics_keep_their_values(kernel):
    kernel.ok("use std::sync::atomic::{AtomicU32, Ordering};\nstatic CALLS: AtomicU32 = AtomicU32::new(0);\nfn next_id() -> u32 { CALLS.fetch_add(1, Ordering::Relaxed) }")
    assert kernel.ok("(next_id(), next_id())").result == "(0, 1)"
    assert kernel.ok("next_id()").result == "2"
    assert kernel.ok("CALLS.load(Ordering::Relaxed)").result == "3"
    kernel.ok("fn count() -> u32 { static N: AtomicU32 = AtomicU32::new(0); N.fetch_add(1, Ordering::Relaxed) }")
    assert [kernel.ok("count()").result for _ in range(3)] == ["0", "1", "2"]
    kernel.ok("use std::sync::{LazyLock, Mutex};\nstatic WORDS: LazyLock<Mutex<Vec<String>>> = LazyLock::new(|| Mutex::new(Vec::new()));\nWORDS.lock().unwrap().push(\"lake\".to_owned());")
    assert kernel.ok("WORDS.lock().unwrap().len()").result == "1"
    kernel.ok("thread_local! {\n    static READ: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };\n    static DROPPED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };\n}")
    assert kernel.ok("READ.set(720);\nDROPPED.set(3);\nREAD.get() + DROPPED.get()").result == "723"
    assert kernel.ok("(READ.get(), DROPPED.get())").result == "(720, 3)"
    # The process is another one after a crash.
    kernel.run("std::process::exit(0)")
    assert kernel.ok("next_id()").result == "0"


def test_a_file_that_is_read_in_is_the_one_of_its_cell(tmp_path):
    size = tmp_path / "size.txt"
    size.write_text("8")
    with conversation(cwd=str(tmp_path)) as kernel:
        definition = 'const N: usize = include!("size.txt");\nstruct Row([u8; N]);\nmod inner { pub const M: usize = include_bytes!("size.txt").len(); }'
        kernel.ok(definition + "\nlet row = Row([7; N]);\nlet other = [1u8; inner::M];")
        size.write_text("0000000000000000000000000000004")
        assert kernel.ok("(row.0.len(), N, inner::M, other)").result == "(8, 8, 1, [1])"
        assert "a type was defined anew" in kernel.ok(definition).stderr
        assert kernel.ok("(N, inner::M)").result == "(4, 31)"
        assert "no variable `row`" in kernel.run("row.0").error["evalue"]


def test_a_static_may_leave_its_lifetimes_out(kernel):
    kernel.ok('static NAME: &str = "lake";\nstatic PAIRS: &[(&str, Option<&\'_ str>)] = &[("a", None)];\nstatic CUT: fn(&str) -> &str = |text| &text[1..];')
    assert kernel.ok('format!("{NAME} {PAIRS:?} {}", CUT("xy"))').result == '"lake [(\\"a\\", None)] y"'


def test_a_static_of_a_changed_type_starts_anew_and_says_so(kernel):
    kernel.ok("struct Log(u8);\nstatic LOG: std::sync::Mutex<Vec<Log>> = std::sync::Mutex::new(Vec::new());")
    assert kernel.ok("LOG.lock().unwrap().push(Log(1));\nLOG.lock().unwrap().len()").result == "1"
    assert "these statics start anew: LOG" in kernel.ok("struct Log(String);").stderr
    assert kernel.ok("LOG.lock().unwrap().len()").result == "0"


def test_a_name_can_be_used_again_after_a_drop_that_panicked(kernel):
    kernel.ok('struct D;\nimpl Drop for D { fn drop(&mut self) { panic!("in drop") } }\nlet d = D;')
    assert "in drop" in kernel.run("let d = 1;\nlet other = 2;").error["evalue"]
    assert kernel.ok("(d, other)").result == "(1, 2)"
    assert kernel.ok("let d = 7;\nd").result == "7"


def test_a_cell_that_names_its_variable_as_the_function_it_calls_runs_again(kernel):
    for _ in range(3):
        kernel.ok('let count = count(&df!("a" => ["x"])?, "a")?;')
    assert kernel.ok("count.height()").result == "1"


def test_a_variable_whose_type_is_not_there_any_more(kernel):
    kernel.ok("mod a { pub struct T(pub u8); }\nuse a::T;\nlet u = T(1);")
    kernel.ok("mod a { pub struct Other; }")
    assert kernel.ok("let u = 5;\nu").result == "5"


@pytest.mark.parametrize(
    "first, then, use, shown",
    [
        ("trait Size { fn size(&self) -> usize; }\nimpl<T: std::fmt::Debug> Size for Vec<T> { fn size(&self) -> usize { self.len() } }",
         "impl<T: std::fmt::Debug + Clone> Size for Vec<T> { fn size(&self) -> usize { self.len() + 1 } }", "vec![1, 2].size()", "3"),
        ("struct P;\nimpl Clone for P { fn clone(&self) -> Self { P } }", "#[derive(Clone)]\nstruct P;", "let p = P;\nlet q = p.clone();\n1", "1"),
        ("fn make() -> u8 { 1 }", "struct make;", "let m = make;\n2", "2"),
        ("struct Cfg;", "fn Cfg() -> u8 { 3 }", "Cfg()", "3"),
        ("use std::collections::HashMap;", "struct HashMap(u8);", "HashMap(4).0", "4"),
    ],
)
def test_the_newer_definition_replaces_the_older(kernel, first, then, use, shown):
    kernel.ok(first)
    kernel.ok(then)
    assert kernel.ok(use).result == shown


def test_methods_that_vanish_are_named(kernel):
    kernel.ok("struct Post(i64);\nimpl Post {\n    fn loud(&self) -> i64 { self.0 }\n    fn is_liked(&self) -> bool { self.0 > 10 }\n}")
    assert "is_liked" in kernel.ok("impl Post { fn loud(&self) -> i64 { 2 * self.0 } }").stderr


def test_a_function_of_the_prelude_never_answers_for_a_variable(kernel):
    kernel.ok("let mean = vec![1.0];\nlet other = mean;")
    assert "there is no variable `mean` any more: cell 1 moved `mean` away" in kernel.run("mean").error["evalue"]
    assert kernel.ok('col("x").mean();\nlet e = mean("x");').status == "ok"


def test_a_type_inside_a_block_is_told_and_poisons_nothing(kernel):
    cell = kernel.ok("let m = {\n    #[derive(Debug)]\n    struct Inner(i32);\n    Inner(3)\n};")
    assert "its type, Inner, is defined inside a block" in cell.stderr
    assert kernel.run("m").status == "error"
    assert kernel.ok("1 + 1").result == "2"


def test_many_changed_types_do_not_use_up_anything(kernel):
    kernel.ok("struct Kept(u8);\nlet kept = vec![Kept(1)];")
    for size in range(1, 70):
        kernel.ok(f"struct S([u8; {size}]);\nlet s = S([1; {size}]);")
    assert kernel.ok("(s.0.len(), kept.len())").result == "(69, 1)"
