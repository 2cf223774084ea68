"""How a program's training goes wrong, seen in its passes, its steps and its optimizers' options."""

from grading.mistakes import KnownMistake

# -- passes and steps -----------------------------------------------------------------------------------

NO_TRAINING_STEP = KnownMistake("no-training-step", "No training step was taken.", "loss.backward(), optimizer.step().")
TRAINED_IN_EVALUATION_MODE = KnownMistake(
    "trained-in-evaluation-mode", "Training goes on in evaluation mode.", "net.train() at each epoch's start."
)
EVALUATED_IN_TRAINING_MODE = KnownMistake(
    "evaluated-in-training-mode", "Validation runs in training mode.", "net.eval() before the validation."
)
TRAINED_ON_VALIDATION = KnownMistake(
    "trained-on-validation", "The validation pictures train the network too.", "No step in the validation loop."
)
NO_VALIDATION = KnownMistake("no-validation", "No validation pass was found.", "Evaluate after each epoch.")
DOES_NOT_LEARN = KnownMistake(
    "does-not-learn",
    "The network does not learn.",
    "Look for .detach(), .data, torch.no_grad() or requires_grad=False in it: gradients must reach every layer.",
)

# -- what is minimised ----------------------------------------------------------------------------------

NOT_CROSS_ENTROPY = KnownMistake(
    "not-cross-entropy",
    "What is minimised is not the mean cross-entropy of the scores.",
    "nn.CrossEntropyLoss() of the network's output.",
)
INITIAL_LOSS_OFF = KnownMistake(
    "initial-loss-off", "The loss does not begin near ln 10.", "Begin from torch's own weights."
)

# -- options of the optimizer ---------------------------------------------------------------------------

NO_OPTIMIZER = KnownMistake(
    "no-optimizer", "No optimizer of the network was found.", "optim.SGD(net.parameters(), ...)."
)
NOT_SGD = KnownMistake("not-sgd", "The optimizer is not SGD.", "optim.SGD.")
NO_MOMENTUM = KnownMistake("no-momentum", "SGD runs without momentum.", "momentum=MOMENTUM.")
MOMENTUM_OUT_OF_RANGE = KnownMistake("momentum-out-of-range", "The momentum is not between 0.5 and 1.", "0.9.")
NO_WEIGHT_DECAY = KnownMistake("no-weight-decay", "SGD runs without weight decay.", "weight_decay=REG.")
DECAY_AS_DAMPENING = KnownMistake(
    "decay-as-dampening",
    "The weight decay was passed as dampening, SGD's fourth argument.",
    "weight_decay=REG, by name.",
)
RATE_OUT_OF_RANGE = KnownMistake("rate-out-of-range", "The learning rate cannot train.", "About 0.01.")
NO_LARGER_RATE = KnownMistake(
    "no-larger-rate", "No training uses a larger rate than 0.01.", "Try 0.1 with batch normalisation."
)
RATES_MISSING = KnownMistake(
    "rates-missing", "Some learning rates were not tried.", "1.0, 0.1, 0.05, 0.01, 0.005, 0.001."
)
STRENGTHS_MISSING = KnownMistake(
    "strengths-missing", "Some strengths of L2 were not tried.", "1e-2, 1e-3, 1e-4, 1e-5, 0."
)

# -- the rate's schedule --------------------------------------------------------------------------------

NO_TRAINING = KnownMistake(
    "no-training",
    "No training step was seen, so no learning rate either.",
    "Run main, and keep it working.",
    symptom=True,
)
RATE_CONSTANT = KnownMistake(
    "rate-constant", "The learning rate stays the same.", "Call the schedule's step() after each epoch."
)
RATE_RISES = KnownMistake("rate-rises", "The learning rate rises.", "gamma is a factor, below 1.")
SCHEDULE_EACH_BATCH = KnownMistake(
    "schedule-each-batch", "The learning rate falls with every batch.", "Call step() once an epoch."
)
DECAY_FACTOR = KnownMistake("decay-factor", "The learning rate falls by another factor.", "Look at gamma.")
