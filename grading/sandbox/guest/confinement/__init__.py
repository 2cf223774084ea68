"""What keeps a process in, each layer with its reasons.

`view` shows few files, `landlock` and `seccomp` refuse the rest, `cgroups` count; `layers` puts them on in order.
"""
