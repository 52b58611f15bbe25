"""The network: recurrent cells over characters (vanilla, GRU, LSTM), their optimisers, their samples. NumPy alone."""
