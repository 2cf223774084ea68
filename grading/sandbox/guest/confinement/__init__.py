"""What keeps a process in: namespaces, a view of few files, Landlock, seccomp, control groups, each with reasons."""
