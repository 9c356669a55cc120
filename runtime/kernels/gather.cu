// gather.cu: slices at integer positions of one axis, and its transpose.
//   gather       x (outer, size, inner), index (n) -> y (outer, n, inner)      y[o, j] = x[o, index[j]]
//   scatter_add  x (outer, n, inner), index (n) -> y (outer, size, inner)      y[o, p] = sum of x[o, j], index[j] = p
// Positions count from 0; one outside is moved to the nearest end.
// Defines  : TYPE (element type), INDEX (type of positions).
// Launch   : gather: one thread an element of y, 256 a block.  scatter_add: one warp a slice of y and 32 neighbours of
//            inner, 8 a block.
// Shared   : none.
// Cost     : gather: one read and one write an element.  scatter_add: the same, and every warp reads all n positions
//            (from cache), so size * n / 32 comparisons: for vocabularies and batches of some thousands each.
// Numerics : sums in order of appearance, in the element type.  Deterministic: a slice belongs to one warp, no atomics.
// Source   : own.
#include "common.cuh"

DEVICE i64 inside(i64 position, i64 size) { return position < 0 ? 0 : position < size ? position : size - 1; }

extern "C" __global__ void __launch_bounds__(256)
    gather(const TYPE* __restrict__ x, const INDEX* __restrict__ index, TYPE* __restrict__ y, i64 count, i64 size, i64 n,
           i64 inner) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const i64 i = t % inner, j = t / inner % n, o = t / inner / n;
  y[t] = x[(o * size + inside(index[j], size)) * inner + i];
}

extern "C" __global__ void __launch_bounds__(256)
    scatter_add(const TYPE* __restrict__ x, const INDEX* __restrict__ index, TYPE* __restrict__ y, i64 slices, i64 size,
                i64 n, i64 inner) {
  const i64 tiles = (inner + kWarp - 1) / kWarp, task = blockIdx.x * i64(blockDim.y) + threadIdx.y;
  if (task >= slices * tiles) return;  // whole warps: threadIdx.x is the lane
  const i64 slice = task / tiles, p = slice % size, o = slice / size, i = task % tiles * kWarp + threadIdx.x;
  TYPE total = TYPE(0);
  for (i64 first = 0; first < n; first += kWarp) {
    const i64 j = first + threadIdx.x;
    unsigned hits = __ballot_sync(kAll, j < n && inside(index[j < n ? j : 0], size) == p);
    for (; hits; hits &= hits - 1)
      if (i < inner) total += x[(o * n + first + __ffs(hits) - 1) * inner + i];
  }
  if (i < inner) y[slice * inner + i] = total;
}
