"""What operators start: the compose file keeps to its specification and to our rules, and the image has all rooms."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft202012Validator, validators

from grading.sandbox.guest.confinement import seccomp
from grading.sandbox.worker_profile import ENGINES_ALLOW, ENGINES_REFUSE, MAKES_BOXES, PROFILE, profile
from tests.sandbox.containers import NEW_NAMESPACES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
KINDS = {"api", "migrate", "worker-cpu", "worker-gpu", "sweep", "postgres", "redis"}


def test_the_compose_file_keeps_to_the_specification():
    """By the schema that the specification publishes."""
    schema = get_builtin_schema("vendor.compose-spec")
    validator = validators.validator_for(schema, default=Draft202012Validator)(schema)

    assert [error.message for error in validator.iter_errors(COMPOSE)] == []


def test_all_parts_of_the_service_are_there():
    """And the GPU's only where somebody asks for it."""
    assert set(SERVICES) == KINDS
    assert [name for name, service in SERVICES.items() if service.get("profiles")] == ["worker-gpu"]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_part_is_held_short(name: str):
    """No root, no writable root, no capabilities, no new privileges, bounds on memory, processes and processors."""
    service = SERVICES[name]

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {"mem_limit", "pids_limit"} <= service.keys()
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc"} & service.keys()
    assert "cpus" in service or name == "migrate"
    assert "healthcheck" in service or name == "migrate"


def test_only_what_must_has_a_way_out():
    """Students' programs, the database and the broker sit on a network without one; one port is published, locally."""
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {"api", "sweep"}
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "api": ["127.0.0.1:8000:8000"]
    }


def test_no_secret_stands_in_the_file():
    """Passwords come from files; nothing in an environment looks like one."""
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert name.endswith("_FILE") or not re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL|BROKER_URL", name)
            assert "@" not in str(value)
    used = {name for service in SERVICES.values() for name in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])


def test_workers_wait_for_a_migrated_database_and_finish_what_they_grade():
    """A start on an older schema, or a stop in the middle of a grading, would cost students time."""
    for name in ("api", "worker-cpu", "worker-gpu", "sweep"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    for name in ("worker-cpu", "worker-gpu"):
        assert SERVICES[name]["stop_grace_period"] == "2m"


def test_the_workers_extra_permissions_are_the_sandboxes():
    """A profile of ours instead of the engine's: six calls more are allowed, those with which boxes are made."""
    options = SERVICES["worker-cpu"]["security_opt"]
    (path,) = [option.removeprefix("seccomp=") for option in options if option.startswith("seccomp=")]
    profile = json.loads((ROOT / path).read_text(encoding="utf-8"))
    denied = {name for rule in profile["syscalls"] if not rule.get("args") for name in rule["names"]}
    flags = {rule["args"][0]["value"] for rule in profile["syscalls"] if rule["names"] == ["clone"]}

    assert {rule["action"] for rule in profile["syscalls"]} == {"SCMP_ACT_ERRNO"}
    assert denied >= {"bpf", "kexec_load", "init_module", "keyctl", "ptrace", "io_uring_setup", "perf_event_open"}
    assert denied >= {
        "add_key",
        "chroot",
        "clone3",
        "fsmount",
        "mount_setattr",
        "move_mount",
        "open_tree",
        "userfaultfd",
    }
    assert not denied & {"unshare", "setns", "mount", "umount2", "pivot_root", "sethostname", "seccomp", "clone"}
    assert flags == set(NEW_NAMESPACES)
    for name in KINDS - {"worker-cpu", "worker-gpu"}:
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_the_workers_profile_is_made_from_what_boxes_refuse():
    """One list is kept by hand, in the guest; `make profile` writes the other."""
    assert json.loads(PROFILE.read_text(encoding="utf-8")) == profile()
    assert {*seccomp.DENIED} >= MAKES_BOXES | ENGINES_ALLOW
    assert not {*seccomp.DENIED} & {*ENGINES_REFUSE}


def test_the_image_has_every_room_and_no_root():
    """Whatever the package holds is copied; the last user is a number other than 0; the lock file is obeyed."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    rooms = set(packages["targets"]["wheel"]["packages"])
    copied = {found[1] for found in re.finditer(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE)}
    let_in = {found[1] for found in re.finditer(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)}

    assert copied == rooms
    assert rooms <= let_in
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)[-1] == "1001:1001"
    assert DOCKERFILE.count("--require-hashes") == 2
