"""Whether torch keeps a program's gradients: asked for in its text, kept by its parameters, not lost in its steps."""

from collections.abc import Collection, Mapping

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes.autograd import INITIALISED_NON_LEAF, PARAMETER_UNTRACKED, TRACKING_LOST


class Tracks:
    """For a question whose answer is found by `grading.programs.autograd.tracking`."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right where the program asks torch to keep track of gradients."""
        return Right() if answer == "tracks" else Wrong("has no tensor with requires_grad, so torch keeps no gradients")


def leaves(made: Mapping[str, Collection[str]], names: Collection[str], maker: str) -> Conclusion:
    """Every parameter that torch keeps track of receives a gradient of its own.

    Args:
        made: `tracked`: names of those that ask for gradients; `leaves`: of those that receive them.
        names: of all parameters.
        maker: the function that makes them, as the student reads it.
    """
    if not made["tracked"]:
        return right(f"No {maker} of yours asks for gradients: they are asked for elsewhere, not looked at here.")
    if untracked := [n for n in names if n not in made["tracked"]]:
        said = f"In what {maker} returns, {', '.join(untracked)} without requires_grad."
        return wrong(said, PARAMETER_UNTRACKED)
    if inner := [n for n in names if n not in made["leaves"]]:
        return wrong(f"In what {maker} returns, {', '.join(inner)} will get no .grad.", INITIALISED_NON_LEAF)
    return right()


def kept(after: int, step: str) -> Conclusion:
    """Steps leave parameters that torch still keeps track of.

    Args:
        after: the step after which it does not; negative where there is none.
        step: the function that takes it, as the student reads it.
    """
    if after < 0:
        return right()
    said = f"After {after} step{'s' if after > 1 else ''} of {step} torch keeps track of no gradients any more."
    return wrong(said, TRACKING_LOST)
