"""nbgrader for courses on the cuaderno kernel: copy this file to the folder of your course. docs/instructor-guide.md says the rest."""

from nbgrader.preprocessors import Execute, LimitOutput, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.utils import is_grade

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


class StderrIsNoError(NbGraderPreprocessor):
    """nbgrader gives no points to a test cell that wrote to stderr. In Rust that is where warnings and `eprintln!` go."""

    def preprocess_cell(self, cell, resources, index):
        if is_grade(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
        return cell, resources


c.Autograde.autograde_preprocessors = [Execute, StderrIsNoError, LimitOutput, SaveAutoGrades, CheckCellMetadata]
