"""Grades every submission of an assignment, each with limits and in processes of its own, and writes a page that sums up.

    grade_class.py COURSE [--assignment NAME] [--jobs N] [--seconds N] [--gigabytes N] [--unprotected] [--scheduler tcp://HOST:PORT]

COURSE is a folder as nbgrader wants it: source/NAME/*.ipynb and submitted/STUDENT/NAME/*.ipynb. Results go to COURSE/graded/NAME as they
come, so that a run that was stopped goes on where it was; what has been graded is not graded again unless it changes.
"""

import argparse
import os
import sys
import time
from contextlib import closing
from pathlib import Path

import sandbox
from course_folder import Refused, assignment_of, jobs_of
from results import keep, kept, write_tables
from workers import on_dask, on_this_machine


def run(options) -> int:
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
        print(f"error: not graded: {', '.join(failed)}; the same command tries again", file=sys.stderr)
    return 1 if failed else 0


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


def positive(kind):
    def read(text):
        number = kind(text)
        if not number > 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return number

    read.__name__ = "whole number" if kind is int else "number"  # as argparse names it to who writes something else
    return read


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="cargo xtask grade")
    parser.add_argument("course", type=Path)
    parser.add_argument("--assignment")
    parser.add_argument("--jobs", type=positive(int), default=os.cpu_count() or 1, help="submissions at once on this machine")
    parser.add_argument("--seconds", type=positive(float), default=900.0, help="time for each submission")
    parser.add_argument("--gigabytes", type=positive(float), default=4.0, help="memory for each of its processes")
    parser.add_argument("--unprotected", action="store_true", help="grade even where Linux keeps neither network nor files from submissions")
    parser.add_argument("--scheduler", help="tcp://HOST:PORT of a Dask scheduler")
    return parser.parse_args(arguments)


def main(arguments=None) -> int:
    try:
        return run(options_of(arguments))
    except Refused as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on where it was", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
