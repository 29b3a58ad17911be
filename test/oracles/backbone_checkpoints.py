"""Small real checkpoints in both formats of torch, with strides, shared storages, wrappers and several element types.

Writes backbone-*.pth beside this file; test/models/torch-reader.test.ts holds the values they must read as.
"""

from collections import OrderedDict
from pathlib import Path

import torch

here = Path(__file__).parent
counting = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)

state = OrderedDict()
state["plain"] = counting
state["strided"] = counting.permute(2, 0, 1)  # shares the storage of "plain"
state["half"] = torch.arange(6).half().reshape(2, 3) / 4
state["count"] = torch.tensor(7)
state["double"] = torch.tensor([0.5, -2.0], dtype=torch.float64)
state["parameter"] = torch.nn.Parameter(torch.tensor([1.0, 2.0, 3.0]), requires_grad=True)
torch.save(state, here / "backbone-zip.pth")
torch.save(state, here / "backbone-legacy.pth", _use_new_zipfile_serialization=False)

norm = torch.nn.BatchNorm2d(3).state_dict()  # an OrderedDict with an attribute (_metadata)
torch.save({"epoch": 3, "state_dict": norm}, here / "backbone-wrapped-state-dict.pth")
torch.save({"model": norm, "best": 0.9}, here / "backbone-wrapped-model.pth")
torch.save(torch.nn.Linear(2, 2), here / "backbone-whole-module.pth")  # a pickled class: must be refused
