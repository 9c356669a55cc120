// copy.cu: elements from one strided place to another: transposes, slices, concatenation, padding.
//   y[sum of k sy] = x[sum of k sx] for every index k below the extents; strides in elements, 0 repeats, negative goes back
// Defines  : TYPE (element type).
// Launch   : copy_strided: one thread an element, 256 a block; extents of up to five axes, leading ones 1.
//            copy_transposed: x (outer, M, N) -> y (outer, N, M), blocks of 32 x 8 over tiles of 32 x 32.
//            fill: one thread an element, 256 a block.
// Shared   : a tile of 32 x 33 elements in copy_transposed (one column more, so that a column meets 32 banks).
// Cost     : one read and one write an element.     Numerics : exact, deterministic.
// Source   : Harris 2013, "An efficient matrix transpose in CUDA C/C++".
#include "common.cuh"

extern "C" __global__ void __launch_bounds__(256)
    copy_strided(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 n, i64 e1, i64 e2, i64 e3, i64 e4, i64 x0, i64 x1,
                 i64 x2, i64 x3, i64 x4, i64 y0, i64 y1, i64 y2, i64 y3, i64 y4) {
  i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= n) return;
  const i64 k4 = t % e4, k3 = (t /= e4) % e3, k2 = (t /= e3) % e2, k1 = (t /= e2) % e1, k0 = t / e1;
  y[k0 * y0 + k1 * y1 + k2 * y2 + k3 * y3 + k4 * y4] = x[k0 * x0 + k1 * x1 + k2 * x2 + k3 * x3 + k4 * x4];
}

extern "C" __global__ void __launch_bounds__(256)
    copy_transposed(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 M, i64 N) {
  __shared__ TYPE tile[kWarp][kWarp + 1];
  const i64 across = (N + kWarp - 1) / kWarp, down = (M + kWarp - 1) / kWarp;
  const i64 o = blockIdx.x / (across * down), place = blockIdx.x % (across * down);
  const i64 row = place / across * kWarp, column = place % across * kWarp;
  for (int k = threadIdx.y; k < kWarp; k += 8)
    if (row + k < M && column + threadIdx.x < N)
      tile[k][threadIdx.x] = x[(o * M + row + k) * N + column + threadIdx.x];
  __syncthreads();
  for (int k = threadIdx.y; k < kWarp; k += 8)
    if (column + k < N && row + threadIdx.x < M)
      y[(o * N + column + k) * M + row + threadIdx.x] = tile[threadIdx.x][k];
}

extern "C" __global__ void __launch_bounds__(256) fill(TYPE* __restrict__ y, i64 n, TYPE value) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t < n) y[t] = value;
}
