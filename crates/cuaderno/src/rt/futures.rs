//! `.await` in a cell.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::LazyLock;
use tokio::runtime::Runtime;

/// One for all cells, so that what a cell has spawned goes on in the next.
static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(Runtime::new);

/// Waits for a future, on the runtime of the process.
///
/// # Panics
/// When the system gives the runtime no threads.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut output = None;
    {
        let done = pin!(async { output = Some(future.await) });
        run(done);
    }
    output.expect("a future that has ended has a value")
}

// Not generic, so that cells do not compile a runtime of their own.
fn run(future: Pin<&mut dyn Future<Output = ()>>) {
    match &*RUNTIME {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => panic!("no runtime for `.await`: {error}"),
    }
}
