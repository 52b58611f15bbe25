"""Training: settings, the trainer, and the exact state of a run."""
