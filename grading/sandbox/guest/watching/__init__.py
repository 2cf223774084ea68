"""What is noted while a program runs: the networks, optimizers, data and pictures that it makes, and tampering.

Notes are the student's to forge. They tell the judge what to ask, and decide nothing.
"""
