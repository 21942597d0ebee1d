"""Grades every submission of an assignment, each with limits and in processes of its own, and writes a page that sums up.

A course is a folder as nbgrader wants it: source/NAME/*.ipynb and submitted/STUDENT/NAME/*.ipynb. Results go to COURSE/graded/NAME, to the
course's gradebook and to COURSE/autograded as they come, so that a run that was stopped goes on where it was; what has been graded is not
graded again unless it changes. The tables are of the gradebook, with what a person has given in formgrader meanwhile.
"""

import os
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cuaderno.grading import sandbox
from cuaderno.grading import gradebook
from cuaderno.grading import tables
from cuaderno.grading.course_book import CourseBook
from cuaderno.grading.course_folder import assignment_of, jobs_of, nbgraders_view
from cuaderno.grading.lines import line_of
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
    view = nbgraders_view(course)
    jobs = {job["student"]: job for job in jobs_of(course, assignment, limits_of(options), view)}
    folder = course / "graded" / assignment
    book = CourseBook(view, assignment, next(iter(jobs.values()))["course"]["cells"])
    results, left, pages = planned(jobs, book, folder)
    where = options.scheduler or f"{options.jobs} at once"
    more = f", feedback anew for {len(pages)}" if pages else ""
    print(f"{assignment}: {len(jobs)} submissions, {len(jobs) - len(left)} graded before{more}; {where}", file=sys.stderr)
    start = time.monotonic()

    def work(through: list):
        for number, result in enumerate(graded(through, options), start=1):
            if result["graded"] and "renewed" not in jobs[result["student"]]:
                try:
                    book.take(result, jobs[result["student"]])
                except OSError as problem:  # a full disk, a file that has gone meanwhile: the others go on
                    result |= {"graded": False, "status": f"autograded/: {problem}"}
            keep(result, folder)
            results[result["student"]] = result
            summed_up(assignment, results, book, folder)
            print(f"[{number:>3}/{len(through)}] {result['seconds']:6.1f} s  {line_of(result['student'])}: {line(result)}", file=sys.stderr)

    left += pages
    work(left)
    # What lateness costs depends on the points, so it is known to the gradebook, and to no page, by now.
    if late := planned(jobs, book, folder)[2]:
        print(f"{assignment}: feedback anew for {len(late)}, with what lateness costs", file=sys.stderr)
        work(late)
    there = summed_up(assignment, results, book, folder)
    took = f"{time.monotonic() - start:.0f} s" if left else "nothing to do"
    print(f"{assignment}: {took}; {folder / 'index.html'} and grades.csv", file=sys.stderr)
    for warning in sorted({result["network"] for result in there} - {sandbox.OUT_OF_REACH, ""}):
        print(f"warning: {warning}", file=sys.stderr)
    failed = [line_of(result["student"]) for result in there if not result["graded"]]
    if failed:
        raise Problem(f"not graded: {', '.join(failed)}; the same command tries again")


def planned(jobs: dict, book, folder: Path) -> tuple:
    """By student, the results that hold (None where there is none); the jobs that are left; and those where a person has given points or
    comments since, whose feedback is made anew."""
    given = book.given()
    results = {student: kept(job, folder) if student in given else None for student, job in jobs.items()}
    for student, job in jobs.items():
        job["given"] = given.get(student, gradebook.NOTHING)
        job.pop("renewed", None)
        if results[student] and results[student]["given"] != job["given"]:
            job["renewed"] = results[student] | {"given": job["given"], "autograded": book.texts(student)}
    left = [job for student, job in jobs.items() if results[student] is None]
    return results, left, [job for job in jobs.values() if "renewed" in job]


def summed_up(assignment, results: dict, book, folder: Path) -> list:
    """Writes page and tables of the results there are, as the gradebook has them by now; returns them."""
    there, scores = [result for result in results.values() if result], book.scores()
    for result in there:
        result["book"] = scores.get(result["student"]) if result["graded"] else None
    write_tables(assignment, there, len(results) - len(there), folder)
    return there


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
    """What is said of a result when it comes: points, what else a person should know."""
    said = []
    if result["graded"]:
        waits = f", {tables.waits(result):g} wait for a person" if tables.waits(result) else ""
        said.append(f"{tables.total(result):g} of {tables.most(result):g}{waits}")
    if result["status"] != "graded":
        said.append(result["status"])
    if result["remarks"]:
        said.append(f"{len(result['remarks'])} remarks: {result['remarks'][0]}" if len(result["remarks"]) > 1 else result["remarks"][0])
    return ", ".join(said)
