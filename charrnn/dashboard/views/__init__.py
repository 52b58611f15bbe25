"""What is shown of a run: the first screen, what it writes, the film, the comparison."""
