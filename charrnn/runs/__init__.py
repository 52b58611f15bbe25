"""A run's life: a trainer in a process of its own, the engine that owns the processes, and who holds a run."""
