"""The filter's rules, run by a small reading of classic BPF: what the kernel would answer to each call."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.sandbox.guest.confinement import seccomp

MACHINES = list(seccomp.AUDIT_ARCH)
PID = 4242


def verdict(machine: str, number: int, *arguments: int, contained: bool = False, arch: int | None = None) -> int:
    """What the filter returns for a call."""
    code = seccomp.program(machine, contained=contained, pid=PID)
    given_arguments = (*arguments, *([0] * (6 - len(arguments))))
    data = struct.pack("<IIQ6Q", number, arch or seccomp.AUDIT_ARCH[machine], 0, *given_arguments)
    at, word = 0, 0
    while True:
        op, yes, no, value = struct.unpack_from("=HBBI", code, at * 8)
        at += 1
        if op == seccomp.LOAD:
            (word,) = struct.unpack_from("<I", data, value)
        elif op == seccomp.RETURN:
            return value
        else:
            holds = {
                seccomp.EQUAL: word == value,
                seccomp.AT_LEAST: word >= value,
                seccomp.ANY_BIT: bool(word & value),
            }[op]
            at += yes if holds else no


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("contained", [False, True])
def test_denied_calls_are_refused(machine: str, *, contained: bool) -> None:
    """Every listed call gets EPERM on its architecture, in both tiers."""
    column = MACHINES.index(machine)
    tables = [seccomp.DENIED, *([seccomp.DENIED_WHEN_CONTAINED] if contained else [])]
    for table in tables:
        for name, row in table.items():
            if isinstance(number := row[column], int):
                assert verdict(machine, number, contained=contained) == seccomp.EPERM, name


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_on_files_of_others_are_only_pretended_without_namespaces(machine: str) -> None:
    """Permissions, owners and times: success that changes nothing, where the files may be the service's."""
    column = MACHINES.index(machine)
    for name, row in seccomp.PRETENDED_WHEN_CONTAINED.items():
        if isinstance(number := row[column], int):
            assert verdict(machine, number, contained=True) == seccomp.PRETEND, name
            assert verdict(machine, number) == seccomp.ALLOW, name


@given(machine=st.sampled_from(MACHINES), other=st.integers(1, (1 << 32) - 1))
def test_only_the_own_process_is_named_without_namespaces(machine: str, other: int) -> None:
    """Signals, limits and scheduling reach this process and no other."""
    column = MACHINES.index(machine)
    signals = [seccomp.KILL[machine], seccomp.TGKILL[machine]]
    limits = [row[column] for row in seccomp.OWN_PROCESS_ONLY_WHEN_CONTAINED.values()]
    for number in [*signals, *limits]:
        assert isinstance(number, int)
        assert verdict(machine, number, PID, contained=True) == seccomp.ALLOW
        assert other == PID or verdict(machine, number, other, contained=True) == seccomp.EPERM
    assert all(verdict(machine, number, 0, contained=True) == seccomp.ALLOW for number in limits if number)
    assert all(verdict(machine, number, 0, contained=True) == seccomp.EPERM for number in signals)


@pytest.mark.parametrize("machine", MACHINES)
def test_sockets_and_processes(machine: str) -> None:
    """With namespaces: local sockets and processes, no new namespaces. Without: threads only."""
    clone, sockets = seccomp.CLONE[machine], seccomp.SOCKET[machine]
    thread = seccomp.CLONE_THREAD | 0x3D0F00

    assert verdict(machine, sockets, 1) == seccomp.ALLOW
    assert (
        verdict(machine, sockets, 2) == verdict(machine, sockets, 10) == verdict(machine, sockets, 16) == seccomp.EPERM
    )
    assert verdict(machine, sockets, 1, contained=True) == seccomp.EPERM
    assert verdict(machine, clone, 17) == verdict(machine, clone, thread) == seccomp.ALLOW
    assert verdict(machine, clone, 0x10000000 | 17) == verdict(machine, clone, 0x20000000) == seccomp.EPERM
    assert verdict(machine, clone, 17, contained=True) == seccomp.EPERM
    assert verdict(machine, clone, thread, contained=True) == seccomp.ALLOW
    assert verdict(machine, seccomp.CLONE3[machine]) == seccomp.ENOSYS


@given(number=st.integers(0, (1 << 32) - 1), arch=st.integers(1, (1 << 32) - 1), machine=st.sampled_from(MACHINES))
def test_calls_of_another_architecture_end_the_process(number: int, arch: int, machine: str) -> None:
    """The 32-bit and x32 numbers would mean other calls."""
    if arch != seccomp.AUDIT_ARCH[machine]:
        assert verdict(machine, number, arch=arch) == seccomp.KILL_PROCESS
    if machine == "x86_64" and number >= seccomp.X32_BIT:
        assert verdict(machine, number) == seccomp.KILL_PROCESS


@pytest.mark.parametrize("contained", [False, True])
def test_ordinary_calls_are_allowed(*, contained: bool) -> None:
    """Reading, writing, mapping and waiting are everybody's."""
    for number in (0, 1, 3, 9, 11, 12, 35, 39, 60, 202, 228, 231, 257, 262, 318):
        assert verdict("x86_64", number, 5, contained=contained) == seccomp.ALLOW


def test_an_unknown_architecture_has_no_filter() -> None:
    """It is said, not guessed."""
    with pytest.raises(KeyError):
        seccomp.program("riscv64", contained=False)
