"""What is shown of a run, put together from its record: by the page as it moves, by a replay once for all."""
