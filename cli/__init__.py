"""The `chainrule` command.

`main` lists the commands; each one's module does its work and imports what it needs when it is called, so that
`chainrule --help` and `chainrule submit` start at once. No torch is ever loaded here: grading happens in the judge.
Results go to standard output, everything else to standard error; exit codes are in `exits`.
"""
