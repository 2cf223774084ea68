"""The student's program in its process: loaded, repaired, run cell by cell; what it prints and draws."""
