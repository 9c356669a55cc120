// softmax.cu: softmax and its logarithm over one axis.
//   x (outer, D, inner) -> y (outer, D, inner)     y = exp(x - max) / sum, or x - max - log(sum)
// Defines  : TYPE (element type), LOGARITHM (1 for the logarithm).
// Launch   : inner = 1: one warp a row while D <= 1024 (8 rows a block of 256), else one block of 256 a row;
//            inner > 1: one thread a line, neighbours of inner side by side.
// Shared   : 32 elements in the block version, else none.
// Cost     : 5 flop an element; three reads (two from cache) and one write: bandwidth-bound.
// Numerics : sums in the element type; subtracting the maximum keeps every exponent <= 0.  Deterministic: no atomics.
// Source   : the three-pass form of Milakov, Gimelshein 2018, section 2.
#include "common.cuh"

DEVICE TYPE finish(TYPE x, TYPE top, TYPE total) {
  return LOGARITHM ? x - top - log(total) : exp(x - top) / total;
}

extern "C" __global__ void __launch_bounds__(256)
    softmax_warp(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 rows, i64 D) {
  const i64 row = blockIdx.x * i64(blockDim.y) + threadIdx.y;
  if (row >= rows) return;  // whole warps: threadIdx.x is the lane
  const TYPE* from = x + row * D;
  TYPE top = Maximum<TYPE>::identity(), total = TYPE(0);
  for (i64 k = threadIdx.x; k < D; k += kWarp) top = maximum(top, from[k]);
  top = reduce_warp<Maximum<TYPE>>(top);
  for (i64 k = threadIdx.x; k < D; k += kWarp) total += exp(from[k] - top);
  total = reduce_warp<Sum<TYPE>>(total);
  for (i64 k = threadIdx.x; k < D; k += kWarp) y[row * D + k] = finish(from[k], top, total);
}

extern "C" __global__ void __launch_bounds__(256)
    softmax_block(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 D) {
  __shared__ TYPE line[kWarp];
  const i64 row = blockIdx.x;
  const TYPE* from = x + row * D;
  TYPE top = Maximum<TYPE>::identity(), total = TYPE(0);
  for (i64 k = threadIdx.x; k < D; k += blockDim.x) top = maximum(top, from[k]);
  top = reduce_block<Maximum<TYPE>>(top, line);
  for (i64 k = threadIdx.x; k < D; k += blockDim.x) total += exp(from[k] - top);
  total = reduce_block<Sum<TYPE>>(total, line);
  for (i64 k = threadIdx.x; k < D; k += blockDim.x) y[row * D + k] = finish(from[k], top, total);
}

extern "C" __global__ void __launch_bounds__(256)
    softmax_lines(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 lines, i64 D, i64 inner) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= lines) return;
  const i64 first = t / inner * D * inner + t % inner;
  TYPE top = Maximum<TYPE>::identity(), total = TYPE(0);
  for (i64 k = 0; k < D; ++k) top = maximum(top, x[first + k * inner]);
  for (i64 k = 0; k < D; ++k) total += exp(x[first + k * inner] - top);
  for (i64 k = 0; k < D; ++k) y[first + k * inner] = finish(x[first + k * inner], top, total);
}
