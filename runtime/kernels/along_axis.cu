// along_axis.cu: one element of each line at a position of its own, and the transpose.
//   take_along_axis  x (outer, size, inner), index (outer, n, inner) -> y (outer, n, inner)   y[o, j, i] = x[o, index[o, j, i], i]
//   put_along_axis   x, index (outer, n, inner) -> y (outer, size, inner)     y[o, p, i] = sum of x[o, j, i], index[o, j, i] = p
// Positions count from 0; one outside is moved to the nearest end.
// Defines  : TYPE (element type), INDEX (type of positions).
// Launch   : one thread an element of y, 256 a block.     Shared   : none.
// Cost     : take: one read and one write.  put: n comparisons an element of y; n is 1 where a loss picks a class.
// Numerics : sums in order of appearance.  Deterministic: no atomics.
// Source   : own.
#include "common.cuh"

DEVICE i64 inside(i64 position, i64 size) { return position < 0 ? 0 : position < size ? position : size - 1; }

extern "C" __global__ void __launch_bounds__(256)
    take_along_axis(const TYPE* __restrict__ x, const INDEX* __restrict__ index, TYPE* __restrict__ y, i64 count,
                    i64 size, i64 n, i64 inner) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  y[t] = x[(t / inner / n * size + inside(index[t], size)) * inner + t % inner];
}

extern "C" __global__ void __launch_bounds__(256)
    put_along_axis(const TYPE* __restrict__ x, const INDEX* __restrict__ index, TYPE* __restrict__ y, i64 count, i64 size,
                   i64 n, i64 inner) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const i64 i = t % inner, p = t / inner % size, o = t / inner / size;
  TYPE total = TYPE(0);
  for (i64 j = 0; j < n; ++j) {
    const i64 from = (o * n + j) * inner + i;
    if (inside(index[from], size) == p) total += x[from];
  }
  y[t] = total;
}
