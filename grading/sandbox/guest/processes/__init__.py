"""Who runs in the box, how they start, wait for each other and end.

`warden` watches over all boxes, `zygote` holds imported libraries and is forked, `init` owns a box's namespaces, and
`student` is the fork that becomes one. `students` and `places` are what the warden keeps of them, `answering` what a
student does with questions.
"""
