"""Homework 2 of 2021 to 2025, with SimpleNN."""
