"""Who runs in the box: warden, zygote, init and student, how they start, wait for each other and end."""
