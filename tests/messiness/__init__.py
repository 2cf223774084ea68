"""What real submissions look like: a submission for each oddity that was counted, and what must become of it."""
