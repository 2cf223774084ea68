"""The judge: a process of its own that decides, and knows no secret but the answers.

::

    worker, cli                    judge server                      guest zygote
    client.Judge                   server.serve                      grading.sandbox
       | exec, clean environment -->  | imports torch, rubrics,         |
       |                              | references once; starts ------> |
       | one socket per run (SCM_RIGHTS)                                |
       |----------------------------> fork: a judge child               |
       |  request: slug, seed, files     | pipeline.grade --box-------> fork: the student
       |  <-- report and figures         | os._exit
       |  or: describe a slug            | what its rubric says of itself: rows, known mistakes

Why so: importing torch and the references takes seconds, so they are imported once and inherited by fork. A fork needs
a single-threaded parent, which neither a web server nor a worker is, so the parent is a process of its own. It is
started by exec with an environment built from nothing: it holds no credential of database or broker, because it never
had one.

Who lives how long: the server ends when its control socket does, that is when its client closes it or dies. A judge
child dies with the server. A child that crashes costs its own run, which the client reports as a `HouseFault`; a server
that died is started again by the next run. Nothing here retries a run: whoever holds the run's row does.

On the socket: frames of JSON and raw bytes (`frames`), never a pickle; faults cross by kind (`messages`).
"""
