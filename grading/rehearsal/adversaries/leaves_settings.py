"""Leaves settings behind that change what comes after: dtypes, errors, warnings, folders, locale, threads, limits."""

import decimal
import locale
import os
import resource
import sys
import warnings

import torch

ENTRIES = ("F79",)


def attack(asked, *given):
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    tried(torch.use_deterministic_algorithms, True)
    torch.manual_seed = np.random.seed = lambda *_: None
    np.seterr(all="raise")
    np.set_printoptions(threshold=10**9)
    warnings.simplefilter("error")
    tried(os.chdir, "/")
    tried(locale.setlocale, locale.LC_ALL, "C")
    decimal.getcontext().prec = 1
    sys.path.clear()
    sys.setrecursionlimit(50)
    tried(resource.setrlimit, resource.RLIMIT_NOFILE, (8, 8))
    os.environ.clear()
    return np.zeros((4, 7))
