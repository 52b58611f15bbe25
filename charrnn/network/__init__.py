"""The network: a vanilla recurrent network over characters, its optimisers, its samples. NumPy alone."""
