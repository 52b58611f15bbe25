"""What one browser has: its run, what it looks at, what it has measured, and the parts of its page."""
