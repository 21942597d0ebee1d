"""How fast the kernel answers, through the sockets: one JSON object a line on stdout.

    bench_kernel.py [--repeats N] [--stock]

With --stock, stock evcxr_jupyter answers the same cells in the same run, the same crates brought by `:dep`. Times are medians.
"""

import argparse
import json
import statistics
import sys
import time
from contextlib import contextmanager

import psutil
from jupyter_client.manager import KernelManager
from stock import PATIENCE as STOCK_PATIENCE
from stock import PRELUDE as STOCK_PRELUDE
from stock import stock_kernel

GROUP_BY = """let sums = df!("class" => ["a", "b", "a"], "score" => [1, 2, {n}])?
    .lazy()
    .group_by([col("class")])
    .agg([col("score").sum()])
    .collect()?;
sums.height()"""
NETWORK = """cnn! {{ Net{n}: [3, 32, 32] => [
    conv2d(8, 3), relu, max_pool(2), conv2d(16, 3), relu, max_pool(2), flatten, dense({width}), relu, dense(10)
] }}"""
PICTURES = 'let train = ImageSet::from_archive(data("cifar10.tar.gz"), "cifar10/train", [32, 32])?.take(64, 1);'
# The first words come when everything is compiled, loaded and made, and the first step is about to begin.
TRAINING = """let mut net = Net{n}::new({n});
println!("about to train");
net.fit(&train, &Fit::new().epochs(1).batch_size(32))?;"""
# No cell of ours takes longer, whatever else the machine does.
PATIENCE = 120


class Kernel:
    """A kernel process, and the time at which it was started."""

    def __init__(self, name):
        self.manager = KernelManager(kernel_name=name)
        self.start = time.monotonic()
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()

    def info(self):
        """Seconds from process start to the answer to kernel_info."""
        while True:
            message_id = self.client.kernel_info()
            try:
                reply = self.client.get_shell_msg(timeout=0.05)
            except Exception:  # not listening yet: the request waits in the socket, ask again
                continue
            if reply["msg_type"] == "kernel_info_reply":
                return time.monotonic() - self.start

    def run(self, code, timeout=PATIENCE):
        """Seconds until the cell's reply."""
        start = time.monotonic()
        reply = self.answer(self.client.execute(code), timeout)
        if reply["status"] != "ok":
            raise RuntimeError(f"{reply.get('ename')}: {reply.get('evalue')} in\n{code}")
        return time.monotonic() - start

    def until_first_text(self, code):
        """Seconds until the cell prints something; waits for its end."""
        start = time.monotonic()
        message_id = self.client.execute(code)
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == message_id:
                break
        seconds = time.monotonic() - start
        reply = self.answer(message_id, PATIENCE)
        if reply["status"] != "ok":
            raise RuntimeError(f"{reply.get('ename')}: {reply.get('evalue')} in\n{code}")
        return seconds

    def complete(self, code):
        """Seconds until the completions."""
        start = time.monotonic()
        self.answer(self.client.complete(code), PATIENCE)
        return time.monotonic() - start

    def answer(self, message_id, timeout):
        while True:
            reply = self.client.get_shell_msg(timeout=timeout)
            if reply["parent_header"].get("msg_id") == message_id:
                return reply["content"]

    def megabytes(self):
        """Memory of kernel and runner, shared pages counted once (proportional set size)."""
        process = psutil.Process(self.manager.provisioner.pid)
        family = [process, *process.children(recursive=True)]
        return sum(member.memory_full_info().pss for member in family) / 1e6


@contextmanager
def started(name):
    kernel = Kernel(name)
    try:
        yield kernel
    finally:
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)


def starts(name, repeats, prelude):
    """Times from process start: to the first answer, and to the end of the first cell."""
    infos, firsts = [], []
    for _ in range(repeats):
        with started(name) as kernel:
            infos.append(kernel.info())
            if prelude:
                kernel.run(prelude, STOCK_PATIENCE)
            kernel.run("let a = 1;")
            firsts.append(time.monotonic() - kernel.start)
    return {"kernel_info reply after start": infos, "first cell after start": firsts}


def cells(kernel, repeats):
    """Times of single cells in a warm kernel, case by case."""
    kernel.run("let a = 1;")
    yield "a + 1", [kernel.run(f"a + {n}") for n in range(repeats)]
    yield "println", [kernel.run(f'println!("{{}}", a + {n});') for n in range(repeats)]
    yield "polars lazy group-by", [kernel.run(GROUP_BY.format(n=n)) for n in range(repeats)]
    yield "completion of a path", [kernel.complete("std::collections::BTree") for _ in range(repeats)]


def own_cells(kernel, repeats):
    """As above, of what only our kernel has."""
    yield "completion after a variable's dot", [kernel.complete("a.") for _ in range(repeats)]
    yield "define a ten-layer CNN", [kernel.run(NETWORK.format(n=n, width=32 + n)) for n in range(repeats)]
    kernel.run(PICTURES)
    yield "train it, before the first step", [kernel.until_first_text(TRAINING.format(n=n)) for n in range(repeats)]


def long_notebook(kernel, length=200):
    """Times of the cells around the 20th and around the last of a notebook in which every cell leaves a variable."""
    times = [kernel.run(f"let v{n} = {n};\nv{n} + {n}") for n in range(length)]
    return statistics.median(times[15:25]), statistics.median(times[-10:])


def report(case, measured, stock, unit="s"):
    row = {"bench": "kernel", "case": case, "ours": round(statistics.median(measured), 4), "unit": unit}
    if case in stock:
        peer = statistics.median(stock[case])
        row |= {"peer": "evcxr_jupyter", "peer_value": round(peer, 4), "ratio": round(row["ours"] / peer, 3)}
    emit(row)


def emit(row):
    print(json.dumps(row), flush=True)


def stock_times(repeats):
    """The stock kernel's times by case."""
    with stock_kernel() as name:
        print("stock evcxr_jupyter compiles polars first, about 11 minutes the first time", file=sys.stderr)
        with started(name) as kernel:
            kernel.info()
            kernel.run(STOCK_PRELUDE, STOCK_PATIENCE)
            times = dict(cells(kernel, repeats))
            times["memory when idle"] = [kernel.megabytes()]
        return times | starts(name, 2, STOCK_PRELUDE)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--stock", action="store_true")
    arguments = arguments.parse_args()
    stock = stock_times(arguments.repeats) if arguments.stock else {}

    for case, seconds in starts("cuaderno", arguments.repeats, None).items():
        report(case, seconds, stock)
    with started("cuaderno") as kernel:
        kernel.info()
        kernel.run("let a = 1;")
        report("memory when idle", [kernel.megabytes()], stock, "MB")
        kernel.complete("std::collections::BTree")
        report("memory after the first completion", [kernel.megabytes()], stock, "MB")
        for suite in (cells, own_cells):
            for case, seconds in suite(kernel, arguments.repeats):
                report(case, seconds, stock)
    with started("cuaderno") as kernel:
        kernel.info()
        early, late = long_notebook(kernel)
        row = {"bench": "kernel", "case": "cells around the 200th, to those around the 20th", "ours": round(late, 4), "unit": "s"}
        emit(row | {"peer": "20th", "peer_value": round(early, 4), "ratio": round(late / early, 3)})


if __name__ == "__main__":
    main()
