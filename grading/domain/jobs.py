"""Names on which api and worker meet: jobs and queues. Messages carry ids only."""

GRADE_RUN = "chainrule.grade_run"
POST_GRADE = "chainrule.post_grade"
SWEEP = "chainrule.sweep"

QUEUE_CPU = "cpu"
QUEUE_GPU = "gpu"
QUEUE_PASSBACK = "passback"
