"""`cargo xtask grade`: a class at once, with limits, on this machine and on a Dask cluster; killed workers and second runs."""

import json
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest

from cuaderno.grading import course_folder
from cuaderno.grading import grade_class
from cuaderno.grading.grade_class import Options
from cuaderno.problem import Problem
from cuaderno.grading import grade_one
from cuaderno.grading import nbgrader_process
from cuaderno.grading import sandbox
from cuaderno.grading import workers
from processes import family, wait_for
from tiny_course import GRADE, Tiny, cluster, half_allowed, needs_limits

pytestmark = pytest.mark.timeout(600)


FILLS = "let mut all = Vec::new(); loop { all.push(vec![1_u8; 1 << 28]); if all.len() > 1000 { return x; } }"


def test_a_class_with_every_kind_of_trouble(tmp_path):
    course = Tiny(tmp_path)
    bodies = {"ana": "2 * x", "ben": "2", "eva": "panic!()", "greedy": FILLS}
    for student, body in bodies.items():
        course.submit(student, body)
    course.submit_notebook("empty", nbformat.v4.new_notebook())
    (tmp_path / "submitted" / "empty" / "tiny" / "tiny.ipynb").write_text("no notebook")
    said = course.grade("--seconds=300", "--gigabytes=4", code=1)
    assert said.splitlines()[-1] == "error: not graded: empty; the same command tries again"
    points = {student: course.result(student)["points"] for student in bodies}
    assert points == {name: {"double-test": value} for name, value in {"ana": 2, "ben": 1, "eva": 0, "greedy": 0}.items()}
    assert course.result("empty")["status"] != "graded"
    assert "it panicked" in (tmp_path / "graded/tiny/eva/tiny.html").read_text()
    grades = (tmp_path / "graded/tiny/grades.csv").read_text().splitlines()
    assert grades[0] == "student,status,points,most,double-test" and "ana,graded,2.0,2.0,2.0" in grades
    assert "5 submissions, 4 graded, 1 failed" in course.page and "href='eva/tiny.html'" in course.page
    assert "5 submissions, 0 graded before" in said
    # Once more: only what failed is tried again, and what has changed.
    (tmp_path / "submitted/ben/tiny/tiny.ipynb").unlink()
    os.rmdir(tmp_path / "submitted/ben/tiny")
    course.submit("ben", "x + x")
    said = course.grade(code=1)
    assert "5 submissions, 3 graded before" in said and "ana:" not in said
    assert course.result("ben")["points"] == {"double-test": 2}


def test_without_protection_nothing_is_graded_unless_asked(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(sandbox, "__file__", half_allowed(tmp_path))
    course = Tiny(tmp_path)
    course.submit("ana", "2 * x")
    with pytest.raises(Problem) as refused:
        grade_class.grade(Options(tmp_path))
    assert refused.value.message == (
        "this machine: network: NOT cut off, the system does not allow it (Operation not permitted); "
        "allow user namespaces (docs/troubleshooting.md says how) or run as root; --unprotected grades all the same"
    )
    assert not (tmp_path / "graded").exists()
    grade_class.grade(Options(tmp_path, unprotected=True))
    assert course.result("ana")["points"] == {"double-test": 2}
    assert "warning: network: NOT cut off" in capfd.readouterr().err


def test_time_is_up(tmp_path):
    course = Tiny(tmp_path)
    course.submit("slow", "loop { std::thread::sleep(std::time::Duration::from_secs(1)) }")
    course.grade("--seconds=12", code=1)
    assert course.result("slow")["status"] == "stopped after 12 seconds"
    assert "stopped after 12 seconds" in course.page


@pytest.mark.parametrize("options, threads", [({"jobs": 1}, "8"), ({"jobs": 3}, "2"), ({"jobs": 9}, "1"), ({"scheduler": "tcp://"}, "1")])
def test_submissions_share_the_cores(tmp_path, monkeypatch, options, threads):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    cells = {"tests": {}, "written": {}, "answers": [], "given": [], "notebooks": ["tiny"]}
    monkeypatch.setattr(course_folder, "prepare", lambda *_: {"files": {}, "version": "", "cells": cells})
    monkeypatch.setattr(grade_one, "nbgrader", lambda *_, threads=1, **__: seen.append(str(threads)) or subprocess.CompletedProcess([], 1, "", ""))
    Tiny(tmp_path).submit("ana", "2 * x")
    seen = []
    job, = course_folder.jobs_of(tmp_path, "tiny", grade_class.limits_of(Options(tmp_path, **options)), None)
    grade_one.grade(course_folder.with_files(job))
    assert seen == [threads] and nbgrader_process.environment(tmp_path, threads)["RAYON_NUM_THREADS"] == threads


def test_a_submission_does_not_see_the_instructors_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("LC_TIME", "C.UTF-8")
    # Nor is it needed that the environment is activated.
    monkeypatch.setenv("PATH", os.defpath)
    course = Tiny(tmp_path)
    course.submit("curious", "println!(\"{:?}\", std::env::vars().map(|(name, _)| name).collect::<Vec<_>>());\n    2 * x")
    course.grade()
    page = (tmp_path / "graded/tiny/curious/tiny.html").read_text()
    assert "GITHUB_TOKEN" not in page and "LC_TIME" in page
    assert course.result("curious")["points"] == {"double-test": 2}


@needs_limits
def test_what_a_submission_leaves_in_its_folder_runs_within_the_limits(tmp_path):
    escaped = tmp_path / "escaped"
    attack = f'open("{escaped}", "a").write("!")'
    leave = 'let home = std::env::var("HOME").unwrap();\n    std::fs::write(format!("{{home}}/{}"), {}).unwrap();\n    2 * x'
    course = Tiny(tmp_path)
    course.submit("configuration", leave.format("nbgrader_config.py", json.dumps(attack)))
    course.submit("module", leave.format("nbgrader.py", json.dumps(attack)))
    said = course.grade()
    assert not escaped.exists(), said
    for student in ("configuration", "module"):
        result = course.result(student)
        assert (result["status"], result["points"], result["pages"]) == ("graded", {"double-test": 2}, ["tiny.html"]), said


def test_a_failure_of_grading_itself_costs_one_submission(monkeypatch):
    def grade(job, _):
        if job["student"] == "ana":
            raise OSError(28, "No space left on device")
        return grade_one.empty_result(job) | {"status": "graded"}

    monkeypatch.setattr(grade_one, "grade_again_if_killed", grade)
    jobs = [{"student": student, "fingerprint": "", "names": []} for student in ("ana", "ben")]
    statuses = {result["student"]: result["status"] for result in workers.on_this_machine(jobs, 1, unprotected=True)}
    assert statuses == {"ana": "OSError: [Errno 28] No space left on device", "ben": "graded"}


def test_a_file_that_is_gone_when_it_is_copied_costs_one_submission(tmp_path, monkeypatch):
    course = Tiny(tmp_path)
    for student in ("ana", "ben"):
        course.submit(student, "2 * x")

    def graded(jobs, _):
        for job in jobs:
            yield grade_one.empty_result(job) | {"graded": True, "status": "graded", "autograded": {"tiny": "{}"}}
            (course.submission("ben") / "notes.txt").unlink(missing_ok=True)

    (course.submission("ben") / "notes.txt").write_text("notes")
    monkeypatch.setattr(grade_class, "graded", graded)
    with pytest.raises(Problem, match="not graded: ben; the same command tries again"):
        grade_class.grade(Options(tmp_path))
    assert course.result("ana")["status"] == "graded"
    assert course.result("ben")["status"].startswith("autograded/: [Errno 2] No such file or directory: ")


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path):
    course = Tiny(tmp_path)
    for number in range(4):
        course.submit(f"student-{number}", "2 * x")
    first = subprocess.Popen(course.command("--jobs=1"), stderr=subprocess.PIPE, text=True)
    for line in first.stderr:
        if line.startswith("[  1/4]"):
            break
    first.kill()
    first.wait()
    assert len(list((tmp_path / "graded/tiny").glob("*/result.json"))) in (1, 2)
    # The tables are there as far as it came.
    assert re.search(r"4 submissions, [12] graded, 0 failed, [23] still to come\.", course.page)
    assert "student-0,graded,2.0,2.0,2.0" in (tmp_path / "graded/tiny/grades.csv").read_text()
    said = course.grade()
    assert re.search(r"4 submissions, [12] graded before", said), said
    assert "4 submissions, 4 graded, 0 failed" in course.page


def at_work(grading):
    """The processes that run submissions: not those that set their limits, whose commands end with the same words."""
    with suppress(psutil.NoSuchProcess):  # one that ended while we looked
        return [process for process in family(grading.pid) if process.cmdline()[1:4] == ["-m", "cuaderno.grading.quick_nbgrader", "autograde"]]


def test_ctrl_c_stops_at_once_and_the_same_command_goes_on(tmp_path):
    course = Tiny(tmp_path)
    course.submit("ana", "2 * x")
    for student in ("endless", "later", "last"):
        course.submit(student, "loop { std::thread::sleep(std::time::Duration::from_secs(1)) }")
    # Not every shell lets a program in the background hear of Ctrl-C.
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    grading = subprocess.Popen(course.command("--jobs=1"), stderr=subprocess.PIPE, text=True, **heard)
    for line in grading.stderr:
        if line.startswith("[  1/4]"):
            break
    wait_for(lambda: at_work(grading))
    started = psutil.Process(grading.pid).children(recursive=True)
    grading.send_signal(signal.SIGINT)
    said = grading.stderr.read()
    assert said == "stopped; the same command goes on where it was\n" and grading.wait(30) == 130
    assert started and not psutil.wait_procs(started, timeout=5)[1]
    # Nothing is said of those that were stopped.
    assert [path.parent.name for path in (tmp_path / "graded/tiny").glob("*/result.json")] == ["ana"]


def test_folders_of_killed_processes_are_removed_after_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, new = tmp_path / "cuaderno-grade-old", tmp_path / "cuaderno-grade-new"
    for folder in [old, new]:
        (folder / "submitted").mkdir(parents=True)
    os.utime(old, (0, time.time() - 25 * 3600))
    with grade_one.own_folder() as own:
        assert sorted(tmp_path.iterdir()) == sorted([new, Path(own)])
    assert list(tmp_path.iterdir()) == [new]


def test_a_killed_process_of_nbgrader_costs_no_points(tmp_path):
    course = Tiny(tmp_path)
    course.submit("ana", "std::thread::sleep(std::time::Duration::from_secs(1));\n    2 * x")
    grading = subprocess.Popen(course.command(), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: at_work(grading))[0].kill()
    said = grading.stderr.read()
    assert grading.wait() == 0 and course.result("ana")["points"] == {"double-test": 2}, said


def test_a_dask_worker_is_killed_and_the_other_goes_on(tmp_path):
    course = Tiny(tmp_path)
    students = [f"student-{number}" for number in range(4)]
    for student in students:
        course.submit(student, "2 * x")
    with cluster(tmp_path, 2) as (address, workers):
        grading = subprocess.Popen(course.command(f"--scheduler={address}"), stderr=subprocess.PIPE, text=True)
        # Both are at work once a result is there: one of them is in the middle of another.
        for line in grading.stderr:
            if line.startswith("[  1/4]"):
                break
        workers[0].send_signal(signal.SIGKILL)
        said = grading.stderr.read()
        assert grading.wait() == 0, said
    assert all(course.result(student)["points"] == {"double-test": 2} for student in students), said


@pytest.mark.parametrize("option, why", [
    ("--jobs=0", "Invalid value for '--jobs': 0 is not in the range x>=1"),
    ("--jobs=two", "Invalid value for '--jobs': 'two' is not a valid integer range"),
    ("--seconds=-1", "Invalid value for '--seconds': -1.0 is not in the range x>0"),
])
def test_numbers_that_make_no_sense_are_refused(tmp_path, option, why):
    ran = subprocess.run([*GRADE, tmp_path, option], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 2 and ran.stderr.splitlines() == [f"error: {why}; `cuaderno grade --help` shows what there is"]


def test_what_cannot_be_graded_is_one_line(tmp_path):
    def refused(*options):
        ran = subprocess.run([*GRADE, tmp_path, *options], capture_output=True, text=True, timeout=60)
        assert ran.returncode == 1 and ran.stderr.count("\n") == 1, ran
        return ran.stderr

    assert "has no source/ASSIGNMENT" in refused()
    Tiny(tmp_path)
    assert refused("--assignment=tinny") == "error: no assignment `tinny`; source/ has tiny\n"
    assert "no submissions" in refused()
