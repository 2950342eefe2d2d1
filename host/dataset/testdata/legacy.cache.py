"""Writes legacy.cache beside it, with h5py 3.16: a cache of HDF5 chunks as nnabla made them before .npy chunks."""
import os
import h5py
import numpy as np

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "legacy.cache"))

# Sample i: image values 12 * i to 12 * i + 11, label i, vector (i, -i).
def chunk(first, last):
    name = f"cache_{first:08d}_{last:08d}.h5"
    samples = np.arange(first, last + 1)
    with h5py.File(name, "w") as f:
        f.create_dataset("x", data=np.arange(12 * first, 12 * (last + 1), dtype="u1").reshape(-1, 3, 2, 2))
        f.create_dataset("y", data=samples.reshape(-1, 1).astype("f4"))
        f.create_dataset("v", data=np.stack([samples, -samples], 1).astype(">f4"), chunks=(1, 2), compression="gzip")
    return name, len(samples)


with open("cache_index.csv", "w") as f:
    for name, count in chunk(0, 1), chunk(2, 2):
        f.write(f"{name},{count}\n")
