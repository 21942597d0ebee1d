"""Where submissions are graded: on this machine, several at once, or on a Dask cluster. Results come in the order in which they end."""

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event

import psutil

from cuaderno.grading import grade_one
from cuaderno.grading import sandbox
from cuaderno.grading.course_folder import with_files
from cuaderno.home import version
from cuaderno.problem import Problem

# What to do where submissions could reach network or files.
ALLOW = "allow user namespaces (docs/troubleshooting.md says how) or run as root; --unprotected grades all the same"


def refuse_without_protection(found: dict):
    """Refuses to begin where submissions could reach network or files; `found` is what is kept from them, by machine."""
    for machine, protection in found.items():
        if protection != sandbox.OUT_OF_REACH:
            raise Problem(f"{machine}: {protection}; {ALLOW}")


def refuse_other_versions(client):
    """Workers run their own cuaderno on submissions: points of another version would not be comparable."""
    try:
        found = client.run(version)
    except ModuleNotFoundError:
        raise Problem("a Dask worker has no cuaderno; install the same wheel, with its extra `grading`, for every worker") from None
    for machine, there in found.items():
        if there != version():
            raise Problem(f"{machine} has cuaderno {there}, this is {version()}; install the same version for every worker")


def on_this_machine(jobs, count, unprotected):
    """`count` submissions at once. Where the generator is closed early, what is being graded ends at once."""
    if not unprotected:
        refuse_without_protection({"this machine": grade_one.protection()})
    stopping = Event()
    pool = ThreadPoolExecutor(count)

    def grade(job):
        return grade_one.grade_again_if_killed(with_files(job), stopping.is_set)

    futures = {pool.submit(grade, job): job for job in jobs}
    try:
        for future in as_completed(futures):
            yield result_of(future, futures.pop(future))
    finally:
        stopping.set()
        pool.shutdown(wait=False, cancel_futures=True)
        while any(future.running() for future in futures):
            # What it has started ends with it.
            for process in psutil.Process().children():
                process.kill()
            time.sleep(0.1)


def on_dask(jobs, scheduler, unprotected):
    """As many submissions on their way as the workers can soon begin. What a worker that died was at is done by another."""
    from distributed import Client
    from distributed import as_completed as as_completed_on_dask

    with Client(scheduler, timeout=30) as client:
        refuse_other_versions(client)
        if not unprotected:
            refuse_without_protection(client.run(grade_one.protection))

        def hand_out(job):
            future = client.submit(grade_one.grade_again_if_killed, with_files(job), pure=False)
            of[future.key] = job
            return future

        of, waiting = {}, iter(jobs)
        on_their_way = max(2, 2 * sum(client.nthreads().values()))
        coming = as_completed_on_dask([hand_out(job) for job in islice(waiting, on_their_way)])
        for future in coming:
            yield result_of(future, of.pop(future.key))
            for job in islice(waiting, 1):
                coming.add(hand_out(job))


def result_of(future, job):
    """A submission's result; where grading itself failed (a full disk, workers that died), one that says why."""
    error = future.exception()
    if error is None:
        return future.result()
    return grade_one.empty_result(job) | {"status": f"{type(error).__name__}: {error}".splitlines()[0]}
