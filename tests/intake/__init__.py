"""Bytes as handed in."""
