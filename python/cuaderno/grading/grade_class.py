"""Grades every submission of an assignment, each with limits and in processes of its own, and writes a page that sums up.

A course is a folder as nbgrader wants it: source/NAME/*.ipynb and submitted/STUDENT/NAME/*.ipynb. Results go to COURSE/graded/NAME as they
come, so that a run that was stopped goes on where it was; what has been graded is not graded again unless it changes.
"""

import os
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cuaderno.grading import sandbox
from cuaderno.grading.course_folder import assignment_of, jobs_of
from cuaderno.grading.results import keep, kept, write_tables
from cuaderno.grading.workers import on_dask, on_this_machine
from cuaderno.problem import Problem


@dataclass
class Options:
    """What can be asked for; see `cuaderno grade --help`."""

    course: Path
    assignment: str | None = None
    jobs: int = os.cpu_count() or 1
    seconds: float = 900.0
    gigabytes: float = 4.0
    unprotected: bool = False
    scheduler: str | None = None


def grade(options: Options):
    course = options.course.resolve()
    assignment = assignment_of(course, options.assignment)
    jobs = jobs_of(course, assignment, limits_of(options))
    folder = course / "graded" / assignment
    results = {job["student"]: kept(job, folder) for job in jobs}
    left = [job for job in jobs if results[job["student"]] is None]
    there = [result for result in results.values() if result]
    where = options.scheduler or f"{options.jobs} at once"
    print(f"{assignment}: {len(jobs)} submissions, {len(jobs) - len(left)} graded before; {where}", file=sys.stderr)
    start = time.monotonic()
    for number, result in enumerate(graded(left, options), start=1):
        keep(result, folder)
        results[result["student"]] = result
        there = [result for result in results.values() if result]
        write_tables(assignment, there, len(jobs) - len(there), folder)
        print(f"[{number:>3}/{len(left)}] {result['seconds']:6.1f} s  {result['student']}: {line(result)}", file=sys.stderr)
    if not left:
        write_tables(assignment, there, 0, folder)
    took = f"{time.monotonic() - start:.0f} s" if left else "nothing to do"
    print(f"{assignment}: {took}; {folder / 'index.html'} and grades.csv", file=sys.stderr)
    for warning in sorted({result["network"] for result in there} - {sandbox.OUT_OF_REACH, ""}):
        print(f"warning: {warning}", file=sys.stderr)
    failed = [result["student"] for result in there if not result["graded"]]
    if failed:
        raise Problem(f"not graded: {', '.join(failed)}; the same command tries again")


def limits_of(options) -> dict:
    # A Dask worker has a thread for each submission.
    threads = 1 if options.scheduler else max(1, (os.cpu_count() or 1) // options.jobs)
    return {"threads": threads, "seconds": options.seconds, "gigabytes": options.gigabytes, "unprotected": options.unprotected}


def graded(jobs, options):
    """Results as they come."""
    if not jobs:
        return
    if options.scheduler:
        coming = on_dask(jobs, options.scheduler, options.unprotected)
    else:
        coming = on_this_machine(jobs, options.jobs, options.unprotected)
    # Also where whoever takes them fails or is interrupted.
    with closing(coming):
        yield from coming


def line(result):
    points = f"{sum(result['points'].values()):g} of {sum(result['most'].values()):g}"
    return ", ".join([points] * result["graded"] + [result["status"]] * (result["status"] != "graded"))
