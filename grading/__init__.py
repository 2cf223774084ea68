"""Grading: from the bytes of a submission to a report with its points, its mistakes and its reasons.

Three kinds of process take part, and each may know less than the one before::

    api, worker, cli            judge                               guest
    hold the database and  -->  holds rubrics and references;  -->  holds the student's program and its files;
    the broker                  one fork per run; no credential     one box per program; no secret at all

- The **judge** draws fresh inputs from the run's secret seed, asks the guest and the reference the same questions, and
  compares on its own side. It is the only one that knows an answer.
- The **guest** is where student code runs. It is sent questions and gives back numbers, text and arrays. Nothing that
  it sends is unpickled, imported, evaluated or rendered unescaped; `sandbox.admit` lets data in and nothing else.

From bytes to a report::

    intake        bytes → Submission: sizes, names, hash
    programs      a notebook or module → Program, without running any of it
    sandbox       Program → Box: a confined process that answers questions about it
    evaluation    puts a rubric's questions to the student and the reference, and settles each answer
    pipeline      the line through all of these, on one screen
    judge         the process that runs it, and how to reach it

What a rubric is made of::

    authoring     the language: Rubric > Part > Criterion > Check, subjects, draws
    mistakes      the known mistakes, one record each
    checks        the field's ready-made checks
    assignments   one folder each: manifest, rubric, drivers, known submissions, starter, samples
    rehearsal     the gate that an assignment passes before students meet it

`domain` has the words, `numerics` the comparisons, `store` the tables. Who may import whom::

    rehearsal > judge > pipeline > intake | assignments > checks > mistakes > evaluation > authoring
        > programs | sandbox | store > numerics > domain

Whose fault something was is settled where it is noticed, by the class that is raised; see `domain.errors`.
"""
