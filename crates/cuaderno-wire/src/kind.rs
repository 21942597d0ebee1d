//! Why cells fail.

use std::fmt;

/// What ended a cell, where it is neither the compiler's refusal (`error[E0308]`) nor an error that `?` handed on, which has its type's name
/// (`ParseIntError`). Its text stands before the message, as Jupyter's `ename`; `docs/troubleshooting.md` lists them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The kernel and its libraries do not fit together.
    Setup,
    /// A line of the kernel's own, such as `:dep`, is wrong or could not be followed.
    Command,
    /// A line of another notebook's, or of another language.
    NotRust,
    /// The cell does not compile for the reason that `:must-fail` names, or it compiles.
    MustFail,
    /// Brackets within brackets, so many that no compiler reads them.
    TooDeep,
    /// The compiler was ended from outside.
    CompilerEnded,
    /// The compiler could not be started.
    NoCompiler,
    /// The compiler failed without a message about the cell.
    CompilerError,
    /// A file of the kernel's own could not be written or read.
    InputOutput,
    /// What the compiler made of the cell could not be loaded.
    LoadError,
    /// The user stopped it.
    Interrupted,
    /// `panic!`, `unwrap()`, an index out of bounds and the like.
    Panic,
    /// A function called itself too often.
    StackOverflow,
    /// The cell reads what somebody types, and nobody can.
    NoUser,
    /// A variable is not where an earlier cell left it.
    LostVariable,
    /// The process in which cells run has ended.
    Crash,
    /// A fault of the kernel's.
    Kernel,
}

impl FailureKind {
    /// As the user sees it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Command => "command",
            Self::NotRust => "not Rust",
            Self::MustFail => "must fail",
            Self::TooDeep => "nested too deeply",
            Self::CompilerEnded => "compiler ended",
            Self::NoCompiler => "no compiler",
            Self::CompilerError => "compiler error",
            Self::InputOutput => "input/output error",
            Self::LoadError => "load error",
            Self::Interrupted => "interrupted",
            Self::Panic => "panic",
            Self::StackOverflow => "stack overflow",
            Self::NoUser => "no user",
            Self::LostVariable => "lost variable",
            Self::Crash => "crash",
            Self::Kernel => "kernel error",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
