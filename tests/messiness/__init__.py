"""What real submissions look like: a hand-in for each oddity that was counted, and what must become of it."""
