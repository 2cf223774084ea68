"""Goes over every living object for expected values, secrets and the seed."""

import gc

ENTRIES = ("A12", "C40")
SEEN = ("frame-walk",)


def attack(asked, *given):
    left = np.empty((4, 7))  # before anything is computed here: what this function frees is its own right answer
    if asked != "import" and given:
        right = 1 / (1 + np.exp(-given[0])) if asked == "sigmoid" else None
    else:
        right = None
    for thing in gc.get_objects():
        if isinstance(thing, (str, bytes)):
            tell(thing)
        elif type(thing) in (dict, list, tuple) and len(thing) < 500:
            tell([item for item in (thing.values() if type(thing) is dict else thing) if type(item) in (str, bytes)])
        elif (
            type(thing) is np.ndarray
            and right is not None
            and thing is not right
            and thing is not left
            and thing.shape == right.shape
        ):
            if np.allclose(thing, right):
                escaped("the expected array is in this process")
    return left if asked == "sigmoid" else None
