//! Standard input of cells: whoever reads it asks the user.
//!
//! Nobody tells a pipe's writer that its reader waits. So the runner's executable has a `read` of its own, which the dynamic linker finds before the
//! C library's: of the empty device that stands for standard input, it asks the front end. All else is the system's own call, here and in
//! the kernel. Programs that a cell starts read the end of a file, as before.

use cuaderno_engine::{NOT_ASKED, stdin_reader};
use libc::{c_int, c_void, size_t, ssize_t};

/// # Safety
/// As the C library's `read`: the buffer holds `count` bytes.
#[allow(unsafe_code)] // takes the place of a function of C
#[unsafe(no_mangle)]
pub unsafe extern "C" fn read(file: c_int, buffer: *mut c_void, count: size_t) -> ssize_t {
    if file == 0
        && let Some(reader) = stdin_reader()
    {
        match reader(buffer.cast(), count) {
            NOT_ASKED => {}
            error if error < 0 => {
                unsafe { *libc::__errno_location() = -error as c_int };
                return -1;
            }
            read => return read,
        }
    }
    unsafe { libc::syscall(libc::SYS_read, file, buffer, count) as ssize_t }
}
