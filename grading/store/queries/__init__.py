"""Reading: one file for each kind of reader, every answer a frozen value."""
