"""Bytes as submitted."""
