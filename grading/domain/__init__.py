"""The domain: frozen values and the tree of faults. Standard library only."""
