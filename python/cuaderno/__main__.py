"""`python -m cuaderno`, the command `cuaderno`."""

from cuaderno.command import main

main()
