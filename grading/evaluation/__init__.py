"""Puts the questions of a rubric to the student and to the reference, and settles each.

On the judge's side only; nothing here ever enters a box. In the order in which a question passes:

* `session` holds the boxes of one part; `student` is the proxy: `student.sigmoid(x)` is a question to a box and comes
  back as plain data or as an `AnswerFault`. `matching` finds which of the student's definitions the rubric means.
* `trace` writes down who was asked what and what came back; `probing` runs an author's probe; `blame` settles
  whose fault an exception in it is, and a criterion's status; `forms` brings a reply into the reference's form.
* `agreement`, `properties` and `written` judge one check each. Where one fails, `failure` says why: `naming` finds the
  known mistake that answers alike, `relations` recognises what an answer is to the right one (transposed, a constant
  factor, a flipped sign) where no listed mistake does, `wording` finds the words.
* `criteria` goes through a part's checks in order and applies the award rules; `graded` is the part with its pictures
  and notes.

Blame is settled by who was speaking when something went wrong: an exception while the reference is asked is the
author's, an `AnswerFault` is the student's, a `HouseFault` is ours. An exception in a probe on the student's answers is
the student's only if one of the answers demonstrably lacks the reference's form (or plain arithmetic on it overflows);
else it is the author's and the report has no final score.
"""
