"""Everything that runs inside the sandbox boundary. The only folder of ours that a box can see.

Loaded in the box under the name `chainrule_guest`, with relative imports only: a student's `import wire` or
`import grading` finds nothing here.

Theory of operation::

    host ──exec, clean environment──> warden                     small: standard library only; holds the control socket
                                        ├── zygote "numpy"       NumPy, SciPy, matplotlib imported once
                                        ├── zygote "torch"       the same and torch, torchvision, pandas, scikit-learn
                                        └── init (PID 1 of a box's namespaces; one per box, some made in advance)
    zygote ──fork──> student              one per box, confined, some made in advance: waits at its hatch for a request

* The warden pivots into a read-only view of the interpreter and its packages before anything is imported, so not
  even a zygote sees a rubric, a token or another submission.
* A box is an init, which owns fresh namespaces and mounts, and one fork of a zygote that enters them (`setns`), drops
  every privilege and becomes the student. All of that is done in advance where there is time: a request then finds
  a confined process that waits, and brings it the limits and the wire. Each serves one box and dies with it. A fork
  of a process with torch loaded costs many milliseconds of page-table copying, so there is exactly one; the warden
  and the inits are small.
* Three channels: the *control* socket (host to warden: open requests with two descriptors), the *wire* (host to
  student: questions and answers), the *lifeline* (host to warden: closing it ends the box; the warden's last word about
  a box comes over it). Whoever dies takes the box with it: the host closes the lifeline, the warden's end of the tether
  closes and init exits, and the kernel kills what is left in the pid namespace.
* Where namespaces are not to be had, the zygote's fork confines itself with Landlock, seccomp and rlimits alone and may
  not start processes.

What the student can reach inside its own process is the student's: it may forge any answer, and gains no more than by
giving that answer honestly. All decisions, and all parsing of what comes out, are the host's.
"""
