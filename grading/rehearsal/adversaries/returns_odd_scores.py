"""Answers with numbers that sums and comparisons stumble over."""

ENTRIES = ("B26",)
ODD = (float("nan"), float("inf"), -0.5, 1e309, 10**400, "4", True, -(10**18), 5e-324, 2**63, b"10", None, 1.5j)
COUNT = [0]


def attack(asked, *given):
    COUNT[0] += 1
    odd = ODD[COUNT[0] % len(ODD)]
    if asked == "three_layer_net":
        return {"score": odd, "W1": odd, "W2": odd, "W3": odd, "b1": odd, "b2": odd, "b3": odd}
    return odd
