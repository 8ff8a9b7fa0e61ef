"""The evaluation suite: cases, metrics, runs, benches."""
