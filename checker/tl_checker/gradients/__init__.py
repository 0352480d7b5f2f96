"""The gradient verifier: derivatives in rigorous ball arithmetic against a reference that shares no code with them."""
