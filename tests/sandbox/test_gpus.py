"""A program that wants a GPU goes on to its end on the CPU, and the report says so."""

import pytest

from grading.domain.assignment import Limits
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.programs import program

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]
LIMITS = Limits(
    call_s=60.0, cell_s=60.0, part_s=200.0, memory_bytes=2 << 30, file_bytes=8 << 20, processes=64, output_bytes=4096,
    reply_bytes=8 << 20,
)  # fmt: skip

INSISTING = {
    "an assertion": "assert torch.cuda.is_available(), 'no GPU'",
    "an assertion on a name": "on = torch.cuda.is_available()\nassert on\nn = torch.cuda.device_count()\nassert n",
    "an assertion on a device": (
        "where = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nassert where.type == 'cuda'"
    ),
    "an error": "if not torch.cuda.is_available():\n    raise RuntimeError('no GPU')",
    "an error otherwise": "if torch.cuda.is_available():\n    d = 'cuda'\nelse:\n    raise SystemExit\nd.upper()",
    "an exit": "import sys\nif not torch.cuda.is_available():\n    print('no GPU')\n    sys.exit(1)",
    "a function that goes back": (
        "def work():\n    if not torch.cuda.is_available():\n        return\n    done.append(1)\n"
        "done = []\nwork()\nassert done"
    ),
    "work under the condition": "if torch.cuda.is_available():\n    net = torch.nn.Linear(2, 1).cuda()\nnet.weight",
    "a module beside": "import beside\nassert beside.READY",
}
CHOOSING = {
    "a device": "d = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nassert d.type == 'cpu'",
    "a branch": "if torch.cuda.is_available():\n    kind = 'gpu'\nelse:\n    kind = 'plain'\nassert kind == 'plain'",
    "a value": (
        "def d():\n    if torch.cuda.is_available():\n        return 'cuda'\n    return 'cpu'\nassert d() == 'cpu'"
    ),
    "an assertion of something else": (
        "try:\n    assert len([1]) == 2\nexcept AssertionError:\n    seen = 1\nassert seen"
    ),
}
ASKING = {
    "names": "print(torch.cuda.get_device_name(0), torch.cuda.get_device_properties(0).total_memory / 1e9)",
    "memory": (
        "free, total = torch.cuda.mem_get_info()\nassert 0 < free <= total\n"
        "print(torch.cuda.memory_allocated() / 2**20, torch.cuda.memory_reserved())\ntorch.cuda.memory_summary()\n"
        "torch.cuda.empty_cache()\ntorch.cuda.reset_peak_memory_stats()\ntorch.cuda.synchronize()"
    ),
    "numbers": "torch.cuda.set_device(0)\nassert (torch.cuda.current_device(), torch.cuda.device_count()) == (0, 1)",
    "capability": "major, minor = torch.cuda.get_device_capability()\nassert torch.version.cuda and major > 0",
    "tensor types": (
        "x = torch.cuda.FloatTensor(2, 3)\nassert torch.zeros(2).type(torch.cuda.LongTensor).dtype == torch.int64\n"
        "assert torch.zeros(2).type('torch.cuda.DoubleTensor').dtype == torch.float64\n"
        "assert isinstance(torch.zeros(2), torch.cuda.FloatTensor)\n"
        "torch.set_default_tensor_type(torch.cuda.FloatTensor)\ntorch.set_default_tensor_type('torch.cuda.FloatTensor')\n"
        "assert torch.zeros(2).device.type == 'cpu'"
    ),
    "timers": (
        "a, b = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)\n"
        "a.record()\nb.record()\ntorch.cuda.synchronize()\nassert a.elapsed_time(b) >= 0"
    ),
    "streams": (
        "s = torch.cuda.Stream()\nwith torch.cuda.stream(s):\n    y = torch.ones(2).cuda()\n"
        "torch.cuda.current_stream().wait_stream(s)\nwith torch.cuda.device(0):\n    y = y + 1"
    ),
    "numbers of devices": (
        "x = torch.ones(2, 2).to(0).cuda(0, non_blocking=True)\nm = torch.nn.Linear(2, 1).to(0)\n"
        "m(x.to(device=0)).sum().backward()\nm.to(torch.device('cuda:0'))(torch.randn(1, 2, device='cuda:0'))"
    ),
    "factories": (
        "g = torch.Generator(device='cuda').manual_seed(1)\nassert isinstance(g, torch.Generator)\n"
        "torch.randn(2, generator=g, device='cuda')\ntorch.ones(2).new_zeros(3, device='cuda')\n"
        "torch.nn.Linear(2, 1, device='cuda')\nwith torch.device('cuda'):\n    torch.nn.Linear(2, 1)\n"
        "torch.hann_window(4, device='cuda')\ntorch.ones(2).pin_memory()"
    ),
    "mixed precision": (
        "m = torch.nn.Linear(2, 1).cuda()\no = torch.optim.SGD(m.parameters(), lr=1.0)\nbefore = m.weight.clone()\n"
        "for scaler, cast in ((torch.cuda.amp.GradScaler(), torch.cuda.amp.autocast()),\n"
        "        (torch.amp.GradScaler('cuda'), torch.autocast(device_type='cuda', dtype=torch.float16))):\n"
        "    o.zero_grad()\n    with cast:\n        loss = m(torch.ones(1, 2).cuda()).sum()\n"
        "    scaler.scale(loss).backward()\n    scaler.unscale_(o)\n    scaler.step(o)\n    scaler.update()\n"
        "assert torch.allclose(m.weight, before - 2)"
    ),
    "several GPUs": (
        "m = torch.nn.DataParallel(torch.nn.Linear(2, 1).cuda(), device_ids=[0]).cuda()\n"
        "assert m(torch.ones(3, 2).cuda()).shape == (3, 1) and m.module.weight.shape == (1, 2)"
    ),
    "a compiler": (
        "m = torch.nn.Linear(2, 1)\nc = torch.compile(m, mode='max-autotune')\nc(torch.ones(1, 2))\n"
        "assert list(c.state_dict()) == ['weight', 'bias'] and c._orig_mod is m\nm.compile()\n"
        "@torch.compile\ndef twice(x): return 2 * x\n@torch.compile(dynamic=True)\ndef thrice(x): return 3 * x\n"
        "assert twice(1) + thrice(1) == 5"
    ),
    "seeds": (
        "torch.manual_seed(1)\ntorch.cuda.manual_seed_all(1)\ntorch.backends.cudnn.deterministic = True\n"
        "with torch.random.fork_rng():\n    torch.rand(1)\ntorch.cuda.set_rng_state(torch.cuda.get_rng_state())"
    ),
    "a saved network": (
        "torch.save(torch.ones(2), 'x.pt')\ntorch.load('x.pt', map_location='cuda:0')\n"
        "torch.load('x.pt', map_location={'cuda:1': 'cuda:0'})\n"
        "torch.load('x.pt', map_location=lambda storage, place: storage.cuda(0))"
    ),
    "a default device": "torch.set_default_device('cuda')\nassert torch.zeros(2).device.type == 'cpu'",
}  # fmt: skip


@pytest.mark.parametrize("mode", ["definitions", "run"])
def test_what_wants_a_gpu_runs_on_the_cpu(mode: str) -> None:
    """Insisting programs go on, choosing ones take the way without a GPU, and whatever is asked is answered."""
    cells = {**INSISTING, **CHOOSING, **ASKING}
    files = {"beside.py": b"import torch\nassert torch.cuda.is_available()\nREADY = True\n"}
    sources = [f"import torch\n{cell}" for cell in cells.values()]
    with Sandbox.start(SandboxConfig(images=("torch",))) as sandbox:
        box = sandbox.open(program(*sources, mode=mode, files=files), limits=LIMITS, seed=1, image="torch")
        loaded = box.load()
        repairs = list(box.repairs)
        box.end()
    names = list(cells)

    assert [(names[int(f.label.split()[1]) - 1], f.exception, f.text) for f in loaded.faults] == []
    assert any("insists on one" in repair for repair in repairs)


def test_a_program_that_chooses_is_told_the_truth() -> None:
    """Without a demand nothing is repaired: there is no GPU, and the program was written for that as well."""
    with Sandbox.start(SandboxConfig(images=("torch",))) as sandbox:
        box = sandbox.open(
            program(*(f"import torch\n{cell}" for cell in CHOOSING.values())), limits=LIMITS, seed=1, image="torch"
        )
        loaded = box.load()
        repairs = list(box.repairs)
        box.end()

    assert (list(loaded.faults), repairs) == ([], [])
