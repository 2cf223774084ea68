"""Questions about an image-classification program whose names nobody knows: what is there.

The recorder (`watch`) notes what the cells build; `vision_inventory` lists it as plain data, with a number for each
thing, and the drivers of `vision_questions` put questions to those numbers.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.loss import _Loss
from torch.optim.optimizer import Optimizer
from torch.utils.data import Dataset

from ..program.state import ProgramState
from ..watching.networks import WatchedNetwork
from ..watching.recorder import Watch, install
from ..watching.training import Loss
from . import DriverError, driver, installer

KEY = "vision.watch"
MOST_ROWS = 32
WORDS = 300
EVALUATION = ("test", "val", "eval", "dev")


@installer
def record(program: ProgramState) -> None:
    """Watch a program that is run as a whole."""
    if program.mode == "run":
        program.scratch[KEY] = install({"data_dir": "/data", **program.options}, program.namespace, program.mended)


def watch_of(program: ProgramState) -> Watch:
    """The program's recorder.

    Raises:
        DriverError: the program is not run as a whole.
    """
    watch = program.scratch.get(KEY)
    if not isinstance(watch, Watch):
        raise DriverError("vision drivers need a part with mode='run'")
    return watch


@driver("vision_inventory")
def inventory(program: ProgramState) -> dict[str, Any]:
    """Everything found, as plain data.

    Returns:
        `networks`, `inputs`, `logits`, `optimizers`, `losses`, `pipelines`, `sources`, `classes`, `pictures`; each a
        list whose positions are the numbers that the other drivers take.
    """
    watch = watch_of(program)
    with watch.paused():
        adopt(watch)
        chains: list[list[Callable[..., Any]]] = []
        sources = list(_sources(watch, chains))
        program.scratch["vision.chains"] = chains
        return {
            "networks": [_network(watch, n) for n in watch.networks.networks],
            "inputs": [_input(watch, i) for i in range(len(watch.networks.inputs))],
            "logits": [_logits(watch, i) for i in range(len(watch.networks.logits))],
            "optimizers": [_optimizer(watch, i) for i in range(len(watch.training.optimizers))],
            "own_optimizers": own_optimizers(watch),
            "losses": [_loss(loss) for loss in watch.training.losses],
            "pipelines": [" > ".join(_described(step) for step in chain)[:WORDS] for chain in chains],
            "sources": sources,
            "classes": _classes(watch),
            "pictures": len(watch.pictures.drawn),
        }


# -- networks -------------------------------------------------------------------------------------------


def _values(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The program's variables, and what lies one level deep in its lists and dictionaries."""
    for name, value in list(namespace.items()):
        if name.startswith("_"):
            continue
        yield name, value
        if isinstance(value, dict) and len(value) <= MOST_ROWS:
            yield from ((f"{name}.{key}", inner) for key, inner in list(value.items()))
        elif isinstance(value, list | tuple) and len(value) <= MOST_ROWS:
            yield from ((f"{name}.{i}", inner) for i, inner in enumerate(value))


def adopt(watch: Watch) -> None:
    """Take what the program still holds but never used into the records."""
    for _, value in _values(watch.namespace):
        if isinstance(value, nn.Module):
            watch.networks.network(value)
    for network in watch.networks.networks:
        network.refresh()
    if any(loss.training for loss in watch.training.losses):
        return
    known = {loss.name for loss in watch.training.losses}
    nothing = torch.zeros(1, 2)
    for name, value in _values(watch.namespace):
        label = f"{name} (never called)"
        named = any(word in name.lower() for word in ("loss", "entropy", "criterion"))
        two = getattr(getattr(value, "__code__", None), "co_argcount", 0) == 2  # noqa: PLR2004 - prediction and target
        if label not in known and (isinstance(value, _Loss) or (named and two and callable(value))):
            target = torch.zeros(1, dtype=torch.int64)
            watch.training.losses.append(
                Loss(label, value, {"reduction": getattr(value, "reduction", "")}, (nothing, target))
            )


def _first_convolution(module: nn.Module) -> Tensor | None:
    return next((m.weight for m in module.modules() if isinstance(m, nn.Conv2d)), None)


def _network(watch: Watch, network: WatchedNetwork) -> dict[str, Any]:
    state = network.module.state_dict()
    held = [value for _, value in _values(watch.namespace) if isinstance(value, nn.Module)]
    first = _first_convolution(network.module)
    group = next(
        (
            i
            for i, other in enumerate(watch.networks.networks)
            if first is not None and _first_convolution(other.module) is first
        ),
        -1,
    )
    return {
        "type": type(network.module).__name__[:80],
        "group": group,
        "calls": network.calls,
        "steps": network.steps,
        "held": any(value is network.module for value in held),
        "recorded": network.first is not None or network.at_step is not None,
        "names": [str(name) for name in state],
        "shapes": [list(value.shape) if isinstance(value, Tensor) else [] for value in state.values()],
        "trainable": sum(p.requires_grad for p in network.module.parameters()),
    }


def _number(watch: Watch, network: WatchedNetwork | None) -> int:
    return next((i for i, n in enumerate(watch.networks.networks) if n is network), -1)


def _input(watch: Watch, index: int) -> dict[str, Any]:
    fed = watch.networks.inputs[index]
    owner = watch.networks.owner(getattr(fed.conv, "weight", None))
    return {
        "network": _number(watch, owner),
        "shape": list(fed.images.shape),
        "batch": fed.batch,
        "training": fed.training,
        "pinned": fed.pinned,
        "steps": fed.steps,
        "saved": fed.state is not None,
    }


def _logits(watch: Watch, index: int) -> dict[str, Any]:
    logits = watch.networks.logits[index]
    return {
        "values": logits.values[:MOST_ROWS],
        "slope": None if logits.slope is None else logits.slope[:MOST_ROWS],
        "rows": len(logits.values),
        "superseded": logits.superseded,
        "network": _number(watch, logits.network),
    }


# -- training -------------------------------------------------------------------------------------------


def _plain(value: object) -> Any:
    if isinstance(value, Tensor):
        return float(value) if value.numel() == 1 else None
    if isinstance(value, tuple | list) and all(isinstance(v, int | float | Tensor) for v in value):
        return [float(v) for v in value]
    return value if value is None or isinstance(value, bool | int | float | str) else None


def _optimizer(watch: Watch, index: int) -> dict[str, Any]:
    made = watch.training.optimizers[index]
    now = [p for g in made.optimizer.param_groups for p in g["params"]]
    held = {id(p) for p in now}
    owners = [n for n in watch.networks.networks if held & n.parameters]
    owner = max(owners, key=lambda n: (len(held & n.parameters), n.steps, n.calls), default=None)
    trainable = [p for p in owner.module.parameters() if p.requires_grad] if owner else []
    last = list(owner.module.parameters())[-1] if owner else None
    alive = any(
        isinstance(v, nn.Module) and owner is not None and v is owner.module for _, v in _values(watch.namespace)
    )
    return {
        "type": type(made.optimizer).__name__[:80],
        "groups": [{str(k)[:40]: _plain(v) for k, v in group.items()} for group in made.groups],
        "network": _number(watch, owner),
        "parameters": len(held),
        "covered": sum(id(p) in held for p in trainable),
        "trainable": len(trainable),
        "head": last is not None and id(last) in held,
        "alive": alive or bool(owner and owner.calls),
        "steps": made.steps,
        "useful_steps": made.useful_steps,
        "missed_head": made.missed_head,
        "rates": list(made.rates),
    }


def own_optimizers(watch: Watch) -> list[str]:
    """Variables that hold an optimizer written without torch's base class."""
    return [
        name
        for name, value in _values(watch.namespace)
        if not isinstance(value, Optimizer | nn.Module | type)
        and callable(getattr(value, "step", None))
        and type(value).__module__ == "__main__"
    ]


def _loss(loss: Loss) -> dict[str, Any]:
    floating = loss.prediction.is_floating_point() and loss.prediction.ndim == 2  # noqa: PLR2004 - (n, classes)
    return {
        "name": loss.name[:80],
        "options": {str(k)[:40]: _plain(v) for k, v in loss.options.items()},
        "prediction": loss.prediction[:MOST_ROWS] if floating else None,
        "training": loss.training,
        "calls": loss.calls,
    }


# -- data -----------------------------------------------------------------------------------------------


def _described(step: object) -> str:
    try:
        return " ".join(repr(step).split())[:WORDS]
    except Exception:
        return type(step).__name__


def _hint(dataset: object, name: str) -> str:
    train = getattr(dataset, "train", None)
    if isinstance(train, bool):
        return "train" if train else "evaluation"
    for text in (getattr(dataset, "split", None), name, getattr(dataset, "root", None)):
        word = str(text or "").lower().rsplit("/", 1)[-1]
        if any(w in word for w in EVALUATION):
            return "evaluation"
        if "train" in word:
            return "train"
    return ""


def _sources(watch: Watch, chains: list[list[Callable[..., Any]]]) -> Iterator[dict[str, Any]]:
    def number(chain: list[Callable[..., Any]]) -> int:
        for i, known in enumerate(chains):
            if len(known) == len(chain) and all(a is b for a, b in zip(known, chain, strict=True)):
                return i
        chains.append(chain)
        return len(chains) - 1

    names = {id(value): name for name, value in _values(watch.namespace)}
    loaders = [(r.dataset, "loader", r.trained, r.passes, names.get(id(r.loader), "")) for r in watch.loading.loaders]
    loaded = {id(dataset) for dataset, *_ in loaders}
    sets = [
        (value, "dataset", 0, 0, name)
        for name, value in _values(watch.namespace)
        if isinstance(value, Dataset) and id(value) not in loaded
    ]
    for dataset, kind, trained, passes, name in [*loaders, *sets]:
        chain = watch.loading.pipeline(dataset)
        core = watch.loading.core(dataset)
        own = names.get(id(dataset), "")
        yield {
            "kind": kind,
            "chain": number(chain) if chain else -1,
            "trained": trained,
            "passes": passes,
            "hint": (_hint(dataset, f"{name} {own}") or _hint(core, ""))
            if core is not dataset
            else _hint(core, f"{name} {own}"),
            "split_of": id(core) % (1 << 31) if core is not dataset else 0,
            "mode": "L"
            if "MNIST" in {k.__name__ for k in type(core).__mro__}
            or type(core).__name__ in {"FashionMNIST", "KMNIST", "USPS"}
            else "RGB",
        }
    known = {id(step) for chain in chains for step in chain}
    for name, value in _values(watch.namespace):
        made = type(value).__module__.startswith("torchvision.transforms") and type(value).__name__ in {
            "Compose",
            "ImageClassification",
        }
        if (made or (isinstance(value, nn.Sequential) and "transform" in name.lower())) and id(value) not in known:
            hint = _hint(None, name.replace(".", "/"))
            yield {
                "kind": "name",
                "chain": number([value]),
                "trained": 0,
                "passes": 0,
                "hint": hint,
                "split_of": 0,
                "mode": "RGB",
            }


def _classes(watch: Watch) -> list[int]:
    """How many classes the data sets have where that is certain: a stand-in for a folder of pictures proves nothing."""
    found = set()
    sets = [r.dataset for r in watch.loading.loaders] + [
        v for _, v in _values(watch.namespace) if isinstance(v, Dataset)
    ]
    for dataset in sets:
        core = watch.loading.core(dataset)
        standing_in = bool(getattr(core, "__dict__", {}).get("_chainrule_stand_in"))
        kinds = {k.__name__ for k in type(core).__mro__}
        certain = watch.loading.stand_ins.classes_of(kinds)
        classes = getattr(core, "classes", None)
        if certain:
            found.add(certain)
        elif (
            not standing_in
            and not watch.loading.stand_ins.folders.served
            and isinstance(classes, list | tuple)
            and classes
        ):
            found.add(len(classes))
    return sorted(found)
