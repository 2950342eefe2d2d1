"""Writes the HDF5 files beside it that nnabla would not write, with h5py 3.16."""
import os
import h5py
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def parameter(group, name, index=None, need_grad=True, **kwargs):
    dataset = group.create_dataset(name, **kwargs)
    if need_grad is not None:
        dataset.attrs["need_grad"] = need_grad
    if index is not None:
        dataset.attrs["index"] = index


def new(name):
    return h5py.File(name, "w", libver="latest")


for name, version in ("layouts.h5", "earliest"), ("layouts_latest.h5", "latest"):
    with h5py.File(name, "w", libver=version) as f:
        parameter(f, "a/chunked", 3, data=np.arange(7, dtype="f8") / 4, chunks=(3,), compression="gzip", shuffle=True)
        parameter(f, "b/big_endian", np.uint8(2), False, data=np.array([[1, -2]], dtype=">f4"))
        parameter(f, "c", 1, data=np.arange(6, dtype="<f4").reshape(2, 3), chunks=(2, 2), maxshape=(None, 3))
        parameter(f, "d/later", data=np.float64(0.1))
        parameter(f, "d/empty", data=np.zeros((2, 0), dtype="f4"))
with new("loop.h5") as f:
    f["group/inner/again"] = f.create_group("group")
with h5py.File("soft_loop.h5", "w") as f:
    f["group"] = h5py.SoftLink("/")
with new("twice.h5") as f:
    parameter(f, "a", data=np.zeros(1, dtype="f4"))
    f["b"] = f["a"]
with new("deep.h5") as f:
    f.create_group("/".join("d" * 65))
with new("unwritten.h5") as f:
    parameter(f, "w", shape=(1 << 40,), dtype="f4")
with new("beyond_counting.h5") as f:
    parameter(f, "w", shape=(1 << 31, 1 << 31, 1 << 31), dtype="f4", chunks=(1, 1, 1))
with new("bomb.h5") as f:
    parameter(f, "w", data=np.zeros(1 << 20, dtype="f4"), chunks=(1 << 20,), compression="gzip")
with new("rim.h5") as f:
    parameter(f, "w", data=np.zeros(1, dtype="f4"), chunks=(1 << 20,), maxshape=(None,), compression="gzip")
with new("integers.h5") as f:
    parameter(f, "w", data=np.zeros(1, dtype="i8"))
with new("half.h5") as f:
    parameter(f, "w", data=np.zeros(1, dtype="f2"))
with new("no_need_grad.h5") as f:
    parameter(f, "s/w", need_grad=None, data=np.zeros(1, dtype="f4"))
with new("index_is_text.h5") as f:
    parameter(f, "w", "0", data=np.zeros(1, dtype="f4"))
with new("external.h5") as f:
    parameter(f, "w", shape=(1,), dtype="f4", external=[("elsewhere.bin", 0, 4)])
