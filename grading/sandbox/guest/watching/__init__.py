"""What is noted while a program runs: the networks, optimizers, data and pictures that it makes, and tampering."""
