"""What a judge gives up before it runs what a course wrote."""

from grading.judge.config import JudgeConfig
from grading.sandbox.seclusion import seclude


def secluded(config: JudgeConfig) -> tuple[str, ...]:
    """Keep network and the service's state from this thread, which runs what courses wrote; what it reads it keeps.

    Returns:
        What could not be kept from it here, in words for the log.
    """
    needed = (config.standin_dir, config.data_dir, config.checkpoint_dir, *config.assignment_dirs)
    return seclude(config.hidden, [folder for folder in needed if folder is not None])
