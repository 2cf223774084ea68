"""Tests of `grading.domain`."""
