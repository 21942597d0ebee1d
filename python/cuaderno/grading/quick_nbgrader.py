"""`python -m cuaderno.grading.quick_nbgrader`: nbgrader as it is, started quickly."""

import sys

from cuaderno import quick  # noqa: F401, before nbgrader

from nbgrader.apps.nbgraderapp import main

if __name__ == "__main__":
    sys.argv[0] = "nbgrader"
    sys.exit(main())
