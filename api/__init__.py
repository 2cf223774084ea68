"""The web side: parse, find out who asks, call one function of the store, answer.

::

    app        the application and its layers        service    what every request needs
    callers    who is asking                         errors     faults as problem+json
    actions/   what changes something: the same      dispatcher messages to workers, after the commit
               for routes and pages                  watching   tells live readers that something happened
    body_limit body sizes                            observing  request ids, logs, metrics
    schemas    what answers look like                routes/    one file per resource

This process imports neither torch nor a rubric, and knows nothing of what is inside a submission.
"""
