"""What passes between host and guest: frames, values and control messages."""
