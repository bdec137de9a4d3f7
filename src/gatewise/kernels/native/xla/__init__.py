"""How XLA, on which JAX runs, calls the native library."""
