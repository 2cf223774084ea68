"""What the service remembers: theory of operation.

The database is the truth. A submission exists once its row and its run are committed; the message that follows says
that something waits: it may be lost or come twice. Files and pictures are blobs named by their hash, on disk before the
row that names them. A result, its rows for the charts and the grade post that it causes are one transaction.

::

    settings    what an operator may choose            database      the engine; transactions to read, to write
    tables/     people, work, versions, lms            blobs         bytes named by their hash
    access      who may see what                       credentials   tokens, links, sessions
    submissions taking a submission                    runs          the life of a run
    reports     kept whole, shown as far as allowed    regrades      dry first, then applied
    outbox      scores on their way                    events        what live pages read
    queries/    reading, one file per kind of reader   demo          a course to try things with
                                                       descriptions  what rubrics say of themselves, by version

Functions take a transaction and never commit: whoever opened it does. Times are UTC with a zone, points are exact.
"""
