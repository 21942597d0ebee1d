"""The compiler that cuaderno's cells are compiled with lies in `lib/cuaderno-rustc`, below the prefix of this environment."""
