"""Student programs as text."""
