"""nbgrader for courses on the cuaderno kernel: copy this file to the folder of your course. docs/instructor-guide.md says the rest."""

from cuaderno.grading.preprocessors import Judge, Restore
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, ClearOutput, Execute, LimitOutput, OverwriteCells
from nbgrader.preprocessors import OverwriteKernelspec, SaveAutoGrades

c = get_config()  # noqa: F821, nbgrader's

c.CourseDirectory.course_id = "cuaderno"

# What a release shows instead of a solution. It compiles, whatever type is expected, and says what to do when it runs.
c.ClearSolutions.code_stub = {"rust": 'todo!("your code here")'}
c.ClearSolutions.begin_solution_delimeter = "// BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "// END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "// BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "// END HIDDEN TESTS"

# Seconds for each cell. One that takes longer is interrupted and gets no points; the cells after it run.
c.Execute.timeout = 120
# A first cell loads the preload; on a busy machine, or from a network drive, that may take long.
c.Execute.startup_timeout = 120
# nbconvert's 4 s lose outputs on a busy machine.
c.Execute.iopub_timeout = 60

# Cells that were copied, split, moved, deleted or tagged are as the instructor's before anything runs; then points as `check!` gives them.
c.Autograde.sanitize_preprocessors = [ClearOutput, Restore, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [Execute, Judge, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
