"""The student's program in its process: loaded, repaired, run cell by cell; what it prints and draws.

What is changed so that an old or foreign program runs (`repairs`, `old_libraries`, `loops`) is noted for the report.
"""
