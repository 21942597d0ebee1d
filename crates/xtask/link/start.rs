//! The first instructions of a program, which a system without a C compiler has in no file: they hand `main` and what the system put
//! on the stack to the C library. As in section 3.4.1 of the System V ABI for AMD64.

#![no_std]
#![crate_type = "lib"]

core::arch::global_asm!(
    ".globl _start",
    ".weak main",        // a library, into which the linker takes this as well, has none
    "_start:",
    "xor ebp, ebp",      // the outermost frame
    "mov r9, rdx",       // what to call at the end
    "pop rsi",           // argc
    "mov rdx, rsp",      // argv
    "and rsp, -16",
    "push rax",          // keeps the stack aligned
    "push rsp",          // its end
    "xor r8d, r8d",      // initialisation and finalisation are the library's
    "xor ecx, ecx",
    "mov rdi, [rip + main@GOTPCREL]",
    "call [rip + __libc_start_main@GOTPCREL]",
    "hlt",
);
