"""Lab 2 of 2019, with LeNet-5."""
