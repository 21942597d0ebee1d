//! Commands of stock evcxr that have nothing to do here: each is answered in one line, so that its notebooks run on.

const ANSWERS: &[(&str, &str)] = &[
    (":types", ":vars lists the variables with their types; they are not shown after each cell"),
    (":fmt", "values are shown as they are, or in their Debug form; write `format!(\"{value:#?}\")` for another"),
    (":efmt", "errors are shown with their causes; there is no other form"),
    (":preserve_vars_on_panic", "variables of earlier cells are kept in any case, also when a cell panics"),
    (":last_error_json", "the compiler's messages are in the cell's error; their JSON is not kept"),
    (":last_compile_dir", "cells are compiled in a folder of the kernel's, which goes with it"),
    (":toolchain", "cells need the compiler that built the libraries of this kernel; :version tells which"),
    (":linker", "the linker is the compiler's own"),
    (":codegen_backend", "the code generator is the compiler's own"),
    (":cache", "what :dep builds is kept for all notebooks of this machine; :clear_cache removes it"),
    (":offline", "what :dep has built once is there without a network"),
    (":sccache", "what :dep builds is kept for all notebooks of this machine, without sccache"),
    (":allow_static_linking", "crates of :dep are linked into the cells that use them"),
    (":time_passes", ":timing tells how long each cell compiles and runs"),
    (":internal_debug", "there is nothing to debug here"),
    (":load_config", "what every notebook is to begin with stands in ~/.config/cuaderno/start.rs"),
    (":build_env", "`!export` does not reach the compiler; start Jupyter with the variable set"),
    (":quit", "the kernel ends from Jupyter's menu"),
];

/// What is said to one of them.
pub fn answer(command: &str) -> Option<&'static str> {
    ANSWERS.iter().find(|(name, _)| *name == command).map(|(_, answer)| *answer)
}
