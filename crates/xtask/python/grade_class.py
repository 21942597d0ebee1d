"""Grades every submission of an assignment, each with limits and in processes of its own, and writes a page that sums up.

    grade_class.py COURSE [--assignment NAME] [--jobs N] [--seconds N] [--gigabytes N] [--unprotected] [--scheduler tcp://HOST:PORT]

COURSE is a folder as nbgrader wants it: source/NAME/*.ipynb and submitted/STUDENT/NAME/*.ipynb. Results go to COURSE/graded/NAME as they
come, so that a run that was stopped goes on where it was; what has been graded is not graded again unless it changes.
"""

import argparse
import csv
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import grade_one
import gradebook
import sandbox
import summary

CONFIGURATION = Path(__file__).resolve().parents[3] / "assignments" / "nbgrader_config.py"


# What to do where submissions could reach network or files.
ALLOW = "allow user namespaces (docs/troubleshooting.md says how) or run as root; --unprotected grades all the same"


class Refused(Exception):
    """The course cannot be graded; says why in one line."""


def jobs_of(course: Path, assignment: str, options) -> list:
    """One job for each submission."""
    folders = sorted((course / "submitted").glob(f"*/{assignment}"))
    if not folders:
        raise Refused(f"no submissions: {course}/submitted/STUDENT/{assignment} is where they belong")
    configuration = course / "nbgrader_config.py"
    configuration = configuration if configuration.exists() else CONFIGURATION
    try:
        against = grade_one.prepare(course, assignment, configuration)
    except RuntimeError as problem:
        raise Refused(f"source/{assignment}: {problem}") from None
    jobs = []
    for folder in folders:
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        jobs.append(
            {"student": folder.parent.name, "assignment": assignment, "submission": files, "course": against}
            | {"seconds": options.seconds, "gigabytes": options.gigabytes, "unprotected": options.unprotected}
        )
    return jobs


def assignment_of(course: Path, asked) -> str:
    there = sorted(path.name for path in (course / "source").glob("*") if path.is_dir())
    if not there:
        raise Refused(f"{course} has no source/ASSIGNMENT: that is the instructor's version, with solutions and tests")
    if asked is None and len(there) > 1:
        raise Refused(f"which assignment? --assignment {' or '.join(there)}")
    if asked is not None and asked not in there:
        raise Refused(f"no assignment `{asked}`; source/ has {', '.join(there)}")
    return asked or there[0]


def refuse_without_protection(found: dict):
    """Refuses to begin where submissions could reach network or files; `found` is what is kept from them, by machine."""
    for machine, protection in found.items():
        if protection != sandbox.OUT_OF_REACH:
            raise Refused(f"{machine}: {protection}; {ALLOW}")


def on_this_machine(jobs, count):
    """Results as they come, `count` submissions at once."""
    with ThreadPoolExecutor(count) as pool:
        futures = {pool.submit(grade_one.grade_again_if_killed, job): job for job in jobs}
        for future in as_completed(futures):
            yield result_of(future, futures[future])


def on_dask(jobs, scheduler, unprotected):
    """Results as they come from a Dask cluster; what a worker that died was at is done by another."""
    from distributed import Client
    from distributed import as_completed as as_completed_on_dask

    with Client(scheduler, timeout=30) as client:
        for module in (sandbox, gradebook, grade_one):
            client.upload_file(module.__file__)
        if not unprotected:
            refuse_without_protection(client.run(grade_one.protection))
        futures = client.map(grade_one.grade_again_if_killed, jobs, pure=False)
        of = {future.key: job for future, job in zip(futures, jobs)}
        for future in as_completed_on_dask(futures):
            yield result_of(future, of[future.key])


def result_of(future, job):
    """A submission's result; where grading itself failed (a full disk, workers that died), one that says why."""
    error = future.exception()
    if error is None:
        return future.result()
    return grade_one.empty_result(job) | {"status": f"{type(error).__name__}: {error}".splitlines()[0]}


def keep(result, folder: Path):
    """Writes one student's result: pages first, the file that says it is done last and at once."""
    place = folder / result["student"]
    place.mkdir(parents=True, exist_ok=True)
    feedback = result.pop("feedback")
    result["pages"] = sorted(feedback)
    for name, page in feedback.items():
        (place / name).write_text(page, encoding="utf-8")
    unfinished = place / "result.json.part"
    unfinished.write_text(json.dumps(result, indent=1), encoding="utf-8")
    os.replace(unfinished, place / "result.json")


def kept(job, folder: Path):
    """The result of an earlier run for these very files, if there is one; what failed gets another try."""
    try:
        result = json.loads((folder / job["student"] / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = result.get("fingerprint") == grade_one.fingerprint(job)
    return result if same and result["status"] == "graded" else None


def run(options) -> int:
    course = options.course.resolve()
    assignment = assignment_of(course, options.assignment)
    jobs = jobs_of(course, assignment, options)
    folder = course / "graded" / assignment
    results = {job["student"]: kept(job, folder) for job in jobs}
    left = [job for job in jobs if results[job["student"]] is None]
    where = options.scheduler or f"{options.jobs} at once"
    print(f"{assignment}: {len(jobs)} submissions, {len(jobs) - len(left)} graded before; {where}", file=sys.stderr)
    start = time.monotonic()
    if left and not options.unprotected and not options.scheduler:
        refuse_without_protection({"this machine": grade_one.protection()})
    coming = on_dask(left, options.scheduler, options.unprotected) if options.scheduler else on_this_machine(left, options.jobs)
    for number, result in enumerate(coming, start=1):
        keep(result, folder)
        results[result["student"]] = result
        print(f"[{number:>3}/{len(left)}] {result['seconds']:6.1f} s  {result['student']}: {line(result)}", file=sys.stderr)
    ordered = [results[job["student"]] for job in jobs]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(summary.page(assignment, ordered), encoding="utf-8")
    write_csv(ordered, folder / "grades.csv")
    took = f"{time.monotonic() - start:.0f} s" if left else "nothing to do"
    print(f"{assignment}: {took}; {folder / 'index.html'} and grades.csv", file=sys.stderr)
    for warning in sorted({result["network"] for result in ordered} - {sandbox.OUT_OF_REACH, ""}):
        print(f"warning: {warning}", file=sys.stderr)
    return 0


def line(result):
    if result["status"] != "graded":
        return result["status"]
    return f"{sum(result['points'].values()):g} of {sum(result['most'].values()):g}"


def write_csv(results, path):
    cells = sorted({cell for result in results for cell in result["points"]})
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "status", "points", "most", *cells])
        for result in results:
            points, most = result["points"], result["most"]
            row = [result["student"], result["status"], sum(points.values()), sum(most.values())]
            table.writerow([*row, *(points.get(cell, "") for cell in cells)])


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="cargo xtask grade")
    parser.add_argument("course", type=Path)
    parser.add_argument("--assignment")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="submissions at once on this machine")
    parser.add_argument("--seconds", type=float, default=900.0, help="time for each submission")
    parser.add_argument("--gigabytes", type=float, default=4.0, help="memory for each of its processes")
    parser.add_argument("--unprotected", action="store_true", help="grade even where Linux keeps neither network nor files from submissions")
    parser.add_argument("--scheduler", help="tcp://HOST:PORT of a Dask scheduler")
    try:
        return run(parser.parse_args(arguments))
    except Refused as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
