"""What a training step holds at its peak, against PyTorch, in bytes.

    python tests/bench/memory.py [WORKLOAD ...]

Our side is the plan's own account (`Executable.footprint`): parameters, moments, temporaries, inputs.
PyTorch's is what lives between steps (parameters, gradients, moments, inputs) and the highest sum of what its
allocator held while a step of Adam ran, as its profiler reports it. The budget is 1.2 times PyTorch's.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def theirs(name: str) -> int:
    """The peak of a step in bytes: what lives between steps, and the highest sum allocated within one."""
    import pictures
    import torch
    import training

    work = training.WORKLOADS[name]
    if isinstance(work, training.Workload):
        step, _ = training.theirs(work, True)
    elif hasattr(work, "torch_step"):
        step, _ = work.torch_step(training.RATE, True)
    else:
        step, _ = pictures.torch_step(work, True, training.RATE, channels_last=False)
    for _ in range(3):
        step()
    living = sum(x.nbytes() for x in living_tensors(torch))
    with torch.profiler.profile(profile_memory=True) as found:
        step()
    events = [e for e in found.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = peak = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        held += event.nbytes()
        peak = max(peak, held)
    return living + peak


def living_tensors(torch: Any) -> list[Any]:
    """Every tensor that is alive, each memory once."""
    import gc
    import warnings

    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for thing in gc.get_objects():
            try:
                if torch.is_tensor(thing):
                    found[thing.untyped_storage().data_ptr()] = thing.untyped_storage()
                    if thing.grad is not None:
                        found[thing.grad.untyped_storage().data_ptr()] = thing.grad.untyped_storage()
            except (ReferenceError, RuntimeError):
                continue
    return [storage for storage in found.values() if storage.nbytes()]


def ours(name: str) -> Any:
    """The footprint of the same step here."""
    import training

    made: list[Any] = []
    from wlnet.runtime import compile as runtime_compile

    general = runtime_compile.compile

    def watched(*args: Any, **options: Any) -> Any:
        found = general(*args, **options)
        made.append(found)
        return found

    runtime_compile.compile = watched
    try:
        training.ours(training.WORKLOADS[name], 1, 1)
    finally:
        runtime_compile.compile = general
    return made[-1].footprint()


def main() -> None:
    here = Path(__file__).resolve()
    sys.path[:0] = [str(here.parents[2]), str(here.parent)]
    import training

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", default=list(training.WORKLOADS))
    print("| workload | ours | arena | PyTorch | ours / PyTorch |\n|---|---|---|---|---|")
    for name in parser.parse_args().workloads:
        found, other = ours(name), theirs(name)
        row = f"{found.total / 1e6:.2f} MB | {found.arena / 1e6:.2f} MB | {other / 1e6:.2f} MB"
        print(f"| {name} | {row} | {found.total / other:.2f} |", flush=True)


if __name__ == "__main__":
    main()
