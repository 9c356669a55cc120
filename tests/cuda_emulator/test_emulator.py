"""The emulator itself: right kernels give right results, planted faults are caught."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from .emulator import ORDERS, EmulatorError, Module

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")

SOURCE = r"""
extern "C" __global__ void scale(const float* __restrict__ x, float* __restrict__ y, int n, float factor) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = factor * x[i];
}

extern "C" __global__ void overrun(const float* __restrict__ x, float* __restrict__ y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i <= n) y[i] = x[i];
}

extern "C" __global__ void writes_input(const float* x, int n) {
  const_cast<float*>(x)[threadIdx.x % n] = 1.0f;
}

// Reverses 64 numbers within a block through shared memory.
extern "C" __global__ void turn(const float* __restrict__ x, float* __restrict__ y) {
  __shared__ float line[64];
  line[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = line[63 - threadIdx.x];
}

extern "C" __global__ void turn_unsynchronised(const float* __restrict__ x, float* __restrict__ y) {
  __shared__ float line[64];
  line[threadIdx.x] = x[threadIdx.x];
  y[threadIdx.x] = line[63 - threadIdx.x];
}

extern "C" __global__ void divergent(float* y) {
  if (threadIdx.x < 40) __syncthreads();
  y[threadIdx.x] = 1.0f;
}

extern "C" __global__ void two_places(float* y) {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  y[threadIdx.x] = 1.0f;
}

extern "C" __global__ void warp_sums(const float* __restrict__ x, float* __restrict__ y) {
  float sum = x[blockIdx.x * 32 + threadIdx.x];
  for (int k = 16; k; k >>= 1) sum += __shfl_xor_sync(0xffffffffu, sum, k);
  if (threadIdx.x == 0) y[blockIdx.x] = sum;
}

extern "C" __global__ void scan_and_vote(const int* __restrict__ x, int* __restrict__ y, unsigned* votes) {
  int sum = x[threadIdx.x];
  for (int k = 1; k < 32; k <<= 1) {
    const int before = __shfl_up_sync(0xffffffffu, sum, k);
    if (threadIdx.x >= k) sum += before;
  }
  y[threadIdx.x] = sum;
  const unsigned odd = __ballot_sync(0xffffffffu, sum & 1);
  if (threadIdx.x == 0) *votes = odd;
}

extern "C" __global__ void outside_mask(float* y) {
  if (threadIdx.x < 16) y[threadIdx.x] = __shfl_sync(0x0000ffffu, y[threadIdx.x], 20);
}

extern "C" __global__ void not_in_mask(float* y) {
  y[threadIdx.x] = __shfl_sync(0x0000ffffu, y[threadIdx.x], 0);
}

extern "C" __global__ void half_masks(int* y) {
  const unsigned mask = threadIdx.x < 16 ? 0x0000ffffu : 0xffff0000u;
  int value = threadIdx.x;
  if (threadIdx.x < 16) {
    for (int k = 8; k; k >>= 1) value += __shfl_xor_sync(mask, value, k);
  } else {
    value = __shfl_sync(mask, value, 31);
  }
  y[threadIdx.x] = value;
}

extern "C" __global__ void partial_warp(float* y) {
  if (threadIdx.x != 5) __syncwarp();
  if (threadIdx.x == 5) __syncthreads();
  y[threadIdx.x] = 0;
}

extern "C" __global__ void dynamic_sum(const float* __restrict__ x, float* total, int n, int extra) {
  extern __shared__ float part[];
  const int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  part[t + extra] = i < n ? x[i] : 0.0f;
  __syncthreads();
  for (int k = blockDim.x / 2; k; k >>= 1) {
    if (t < k) part[t + extra] += part[t + extra + k];
    __syncthreads();
  }
  if (t == 0) atomicAdd(total, part[extra]);
}

struct alignas(16) Four { float v[4]; };
extern "C" __global__ void vectors(const float* __restrict__ x, float* __restrict__ y, int shift) {
  const Four four = *reinterpret_cast<const Four*>(x + shift + 4 * threadIdx.x);
  for (int k = 0; k < 4; ++k) y[4 * threadIdx.x + k] = four.v[k];
}

extern "C" __global__ void fixed_array(float* y, int shift) {
  __shared__ float line[32];
  line[threadIdx.x + shift] = 1.0f;
  __syncthreads();
  y[threadIdx.x] = line[threadIdx.x];
}
"""


@pytest.fixture(scope="module")
def module() -> Module:
    return Module(SOURCE, name="planted.cu")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("hosts", (1, 2))
def test_elementwise(module: Module, order: str, hosts: int) -> None:
    x = np.linspace(-1, 1, 1000, dtype=np.float32)
    y = np.zeros_like(x)
    module.kernel("scale")((4,), (256,), (x, y, np.int32(1000), np.float32(3)), order=order, hosts=hosts)
    assert (y == np.float32(3) * x).all()


def test_overrun_is_caught(module: Module) -> None:
    x = np.ones(1001, np.float32)
    with pytest.raises(EmulatorError, match="written 1 bytes after the array of 4000 bytes"):
        module.kernel("overrun")((4,), (256,), (x, np.zeros(1000, np.float32), np.int32(1000)))


def test_changed_const_is_caught(module: Module) -> None:
    with pytest.raises(EmulatorError, match="const array was changed"):
        module.kernel("writes_input")((1,), (4,), (np.zeros(8, np.float32), np.int32(8)))


@pytest.mark.parametrize("order", ORDERS)
def test_barrier(module: Module, order: str) -> None:
    x, y = np.arange(64, dtype=np.float32), np.zeros(64, np.float32)
    module.kernel("turn")((1,), (64,), (x, y), order=order)
    assert (y == x[::-1]).all()


def test_missing_barrier_shows_in_some_order(module: Module) -> None:
    x = np.arange(1, 65, dtype=np.float32)
    right = []
    for order in ORDERS:
        y = np.zeros(64, np.float32)
        module.kernel("turn_unsynchronised")((1,), (64,), (x, y), order=order)
        right.append((y == x[::-1]).all())
    assert not all(right)


@pytest.mark.parametrize("order", ORDERS)
def test_divergent_barrier_is_caught(module: Module, order: str) -> None:
    with pytest.raises(
        EmulatorError, match=r"planted.cu: __syncthreads in line 31 is not reached by all threads.*has ended"
    ):
        module.kernel("divergent")((1,), (64,), (np.zeros(64, np.float32),), order=order)


def test_barriers_at_two_places_are_caught(module: Module) -> None:
    with pytest.raises(
        EmulatorError, match="not reached by all threads.*waits at planted.cu: __syncthreads in line 39"
    ):
        module.kernel("two_places")((1,), (64,), (np.zeros(64, np.float32),))


@pytest.mark.parametrize("order", ORDERS)
def test_shuffles(module: Module, order: str) -> None:
    x = np.arange(96, dtype=np.float32)
    sums = np.zeros(3, np.float32)
    module.kernel("warp_sums")((3,), (32,), (x, sums), order=order)
    assert (sums == x.reshape(3, 32).sum(1)).all()
    counts = np.arange(32, dtype=np.int32)
    running, votes = np.zeros(32, np.int32), np.zeros(1, np.uint32)
    module.kernel("scan_and_vote")((1,), (32,), (counts, running, votes), order=order)
    assert (running == counts.cumsum()).all()
    assert votes[0] == sum(1 << k for k in range(32) if running[k] % 2)


@pytest.mark.parametrize("order", ORDERS)
def test_disjoint_masks(module: Module, order: str) -> None:
    y = np.zeros(32, np.int32)
    module.kernel("half_masks")((1,), (32,), (y,), order=order)
    assert (y[:16] == 120).all() and (y[16:] == 31).all()


@pytest.mark.parametrize(
    "name, text",
    [
        ("outside_mask", "reads lane 20"),
        ("not_in_mask", "not in its own mask"),
        ("partial_warp", "not reached by all"),
    ],
)
def test_warp_faults_are_caught(module: Module, name: str, text: str) -> None:
    with pytest.raises(EmulatorError, match=text):
        module.kernel(name)((1,), (32,), (np.zeros(32, np.float32),))


def test_dynamic_shared_memory(module: Module) -> None:
    x, total = np.ones(1000, np.float32), np.zeros(1, np.float32)
    kernel = module.kernel("dynamic_sum")
    kernel((8,), (128,), (x, total, np.int32(1000), np.int32(0)), 512, hosts=2)
    assert total[0] == 1000
    with pytest.raises(EmulatorError, match="past the 512 bytes of dynamic shared memory"):
        kernel((8,), (128,), (x, total, np.int32(1000), np.int32(1)), 512)
    with pytest.raises(EmulatorError, match="50000 bytes of shared memory; at most 49152"):
        kernel((8,), (128,), (x, total, np.int32(1000), np.int32(0)), 50000)


def test_too_many_threads(module: Module) -> None:
    with pytest.raises(EmulatorError, match="2048 threads a block; at most 1024"):
        module.kernel("divergent")((1,), (2048,), (np.zeros(64, np.float32),))


def test_misaligned_vector_access_is_caught(module: Module) -> None:
    x, y = np.arange(68, dtype=np.float32), np.zeros(64, np.float32)
    module.kernel("vectors")((1,), (16,), (x, y, np.int32(4)))
    assert (y == x[4:]).all()
    with pytest.raises(EmulatorError, match="misaligned access in line"):
        module.kernel("vectors")((1,), (16,), (x, y, np.int32(1)))


def test_index_outside_fixed_array_is_caught(module: Module) -> None:
    with pytest.raises(EmulatorError, match="index outside a fixed array"):
        module.kernel("fixed_array")((1,), (32,), (np.zeros(32, np.float32), np.int32(1)))


@pytest.mark.parametrize(
    "args, text",
    [
        ((np.zeros(4, np.float32), np.zeros(4, np.float32), np.int32(4)), "takes 4 arguments"),
        (
            (np.zeros(4, np.float64), np.zeros(4, np.float32), np.int32(4), np.float32(1)),
            "argument 0: an array of 4 bytes",
        ),
        (
            (np.zeros(4, np.float32), np.zeros(4, np.float32), np.int64(4), np.float32(1)),
            "argument 2: a value of 4 bytes",
        ),
        (
            (np.zeros(4, np.float32), np.zeros(4, np.float32), 4, np.float32(1)),
            "argument 2: a NumPy array or scalar",
        ),
    ],
)
def test_wrong_arguments(module: Module, args: tuple[object, ...], text: str) -> None:
    with pytest.raises(EmulatorError, match=text):
        module.kernel("scale")((1,), (4,), args)


def test_strided_arrays_are_passed_by_their_first_element(module: Module) -> None:
    x, y = np.arange(8, dtype=np.float32), np.zeros(4, np.float32)
    module.kernel("scale")((1,), (4,), (x[::-1], y, np.int32(1), np.float32(1)))
    assert y.tolist() == [7, 0, 0, 0]
    with pytest.raises(EmulatorError, match="overlap"):
        module.kernel("scale")((1,), (4,), (x[1:5], x[:4], np.int32(4), np.float32(1)))


def test_source_without_kernel() -> None:
    with pytest.raises(EmulatorError, match="no extern"):
        Module("int f() { return 1; }")
