"""Looking inside: pure functions from parameters and text to something worth seeing. NumPy alone."""
