// reduce.cu: sum, product, maximum or minimum over one axis.
//   x (outer, R, inner) -> y (outer, chunks, inner)     y[o, c, i] = join of x[o, r, i] for r in chunk c
// Defines  : TYPE (element type), REDUCTION (Sum, Product, Maximum, Minimum).
// Launch   : inner = 1: one warp a row while R <= 1024 (8 rows a block of 256), else one block of 256 a row and chunk;
//            inner > 1: blocks of 32 x 8 over 32 neighbours of inner and 8 strides of R.  Where rows alone leave a
//            device idle, R is cut into chunks and the partial results are reduced by a second launch.
// Shared   : 32 elements (block version), 8 x 32 elements (columns).
// Cost     : outer R inner operations, one read of x: bandwidth-bound.
// Numerics : partial results in the element type; a tree over lanes, so rounding grows with R / 256, not R.
//            Deterministic: no atomics; the order depends on the shape alone.
// Source   : Harris 2007, "Optimizing parallel reduction in CUDA"; shuffles in place of the last shared steps.
#include "common.cuh"

using Join = REDUCTION<TYPE>;

// Partial result of the elements first, first + step, ... below R of one contiguous row, four at a time where they
// lie on a 16-byte boundary.
DEVICE TYPE reduce_row(const TYPE* row, i64 R, int first, int step) {
  TYPE total = Join::identity();
  const bool aligned = reinterpret_cast<u64>(row) % alignof(Packed<TYPE>) == 0;
  const i64 packs = aligned ? R / 4 : 0;
  for (i64 p = first; p < packs; p += step) {
    const Packed<TYPE> x = load(row + 4 * p, 4);
    total = Join::join(total, Join::join(Join::join(x[0], x[1]), Join::join(x[2], x[3])));
  }
  for (i64 r = 4 * packs + first; r < R; r += step) total = Join::join(total, row[r]);
  return total;
}

extern "C" __global__ void __launch_bounds__(256)
    reduce_rows_warp(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 rows, i64 R) {
  const i64 row = blockIdx.x * i64(blockDim.y) + threadIdx.y;
  if (row >= rows) return;  // whole warps: threadIdx.x is the lane
  const TYPE total = reduce_warp<Join>(reduce_row(x + row * R, R, threadIdx.x, kWarp));
  if (threadIdx.x == 0) y[row] = total;
}

extern "C" __global__ void __launch_bounds__(256)
    reduce_rows_block(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 R, i64 chunk) {
  __shared__ TYPE line[kWarp];
  const i64 row = blockIdx.x, begin = blockIdx.y * chunk, rest = R - begin;
  const i64 count = rest < chunk ? rest : chunk;
  const TYPE total = reduce_block<Join>(reduce_row(x + row * R + begin, count, threadIdx.x, blockDim.x), line);
  if (threadIdx.x == 0) y[row * gridDim.y + blockIdx.y] = total;
}

extern "C" __global__ void __launch_bounds__(256)
    reduce_columns(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 R, i64 inner, i64 chunk) {
  __shared__ TYPE part[8][kWarp];
  const i64 tiles = (inner + kWarp - 1) / kWarp;
  const i64 o = blockIdx.x / tiles, i = blockIdx.x % tiles * kWarp + threadIdx.x;
  const i64 begin = blockIdx.y * chunk, end = begin + chunk < R ? begin + chunk : R;
  TYPE total = Join::identity();
  if (i < inner)
    for (i64 r = begin + threadIdx.y; r < end; r += 8) total = Join::join(total, x[(o * R + r) * inner + i]);
  part[threadIdx.y][threadIdx.x] = total;
  __syncthreads();
  if (threadIdx.y || i >= inner) return;
  for (int k = 1; k < 8; ++k) total = Join::join(total, part[k][threadIdx.x]);
  y[(o * gridDim.y + blockIdx.y) * inner + i] = total;
}
