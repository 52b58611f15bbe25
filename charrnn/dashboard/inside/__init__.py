"""The views that look inside a network, each a file; knows, remembers and learns list them."""
