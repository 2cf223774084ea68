"""The worker: takes waiting runs, has the judge grade them, stores what came of it, posts the scores.

::

    app        Celery: JSON only, ids only, one queue per kind of hardware
    tasks      for each job a name, a retry rule, one call
    grading_run the straight line of one run: claim → grade → store → announce the post
    leases     the right to grade a run, renewed while it is graded
    sweep      finds what was lost: messages, dead workers, posts that are due
    passback   sends a score to a gradebook       lms          tokens and words of learning platforms
    embedded   in the service's own process       standalone   in a process of its own

The worker holds the database's credentials and one judge, which is another process. It imports neither torch nor a
rubric.
"""
