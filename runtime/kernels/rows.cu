// rows.cu: normalisation and softmax of the rows of an array (rows, D), each in one launch.
//   layer_norm           x, scale, bias -> y, mean, root     y = (x - mean) root scale + bias, root = (var + e)^-1/2
//   layer_norm_gradient  x, scale, mean, root, g -> dx       dx = root (a - mean(a) - z mean(a z)), a = g scale,
//                                                            z = (x - mean) root
//   layer_norm_vectors   x, mean, root, g -> dscale, dbias   sums of g z and g over a chunk of the rows
//   softmax_within       x, start, stop -> y                 softmax of x[start ... stop - 1], 0 elsewhere
//   softmax_gradient     y, g -> x                           y (g - sum(y g))
//   softmax_gradient_lines   the same over an axis that is not the last
//   join_vectors         the sums over the chunks
// Defines  : TYPE (element type), WIDE (1: a block of 256 a row, else a warp a row and 8 rows a block).
// Launch   : WIDE from rows of more than 1024 elements on; vectors: blocks of 32 x 8 over 32 columns and 8 strides of
//            a chunk of rows, chunks along y.
// Shared   : 32 elements where WIDE, 2 x 8 x 32 in layer_norm_vectors.
// Cost     : 7 to 12 flop an element; one read from memory (others from cache) and one write: bandwidth-bound.
// Numerics : two passes for the variance; sums in the element type, trees over lanes.  Deterministic: no atomics.
// Source   : Ba, Kiros, Hinton 2016, equations 3 and 4; own.
// Tried    : nothing was measured on a device yet.
#include "common.cuh"

#if WIDE
#define ROW                                \
  __shared__ TYPE line[kWarp];             \
  const i64 row = blockIdx.x, at = row * D; \
  const int first = threadIdx.x, step = blockDim.x
template <class R> DEVICE TYPE together(TYPE x, TYPE* line) { return reduce_block<R>(x, line); }
#else
#define ROW                                                          \
  TYPE* const line = nullptr;                                        \
  const i64 row = blockIdx.x * i64(blockDim.y) + threadIdx.y;        \
  if (row >= rows) return; /* whole warps: threadIdx.x is the lane */ \
  const i64 at = row * D;                                            \
  const int first = threadIdx.x, step = kWarp
template <class R> DEVICE TYPE together(TYPE x, TYPE*) { return reduce_warp<R>(x); }
#endif

extern "C" __global__ void __launch_bounds__(256)
    layer_norm(const TYPE* __restrict__ x, const TYPE* __restrict__ scale, const TYPE* __restrict__ bias,
               TYPE* __restrict__ y, TYPE* __restrict__ means, TYPE* __restrict__ roots, i64 rows, i64 D,
               double epsilon) {
  ROW;
  TYPE total = TYPE(0);
  for (i64 k = first; k < D; k += step) total += x[at + k];
  const TYPE mean = together<Sum<TYPE>>(total, line) / TYPE(D);
  total = TYPE(0);
  for (i64 k = first; k < D; k += step) total += (x[at + k] - mean) * (x[at + k] - mean);
  const TYPE root = TYPE(1) / sqrt(together<Sum<TYPE>>(total, line) / TYPE(D) + TYPE(epsilon));
  for (i64 k = first; k < D; k += step) y[at + k] = (x[at + k] - mean) * root * scale[k] + bias[k];
  if (first == 0) means[row] = mean, roots[row] = root;
}

extern "C" __global__ void __launch_bounds__(256)
    layer_norm_gradient(const TYPE* __restrict__ x, const TYPE* __restrict__ scale, const TYPE* __restrict__ means,
                        const TYPE* __restrict__ roots, const TYPE* __restrict__ g, TYPE* __restrict__ dx, i64 rows,
                        i64 D) {
  ROW;
  const TYPE mean = means[row], root = roots[row];
  TYPE plain = TYPE(0), weighted = TYPE(0);
  for (i64 k = first; k < D; k += step) {
    const TYPE a = g[at + k] * scale[k];
    plain += a;
    weighted += a * ((x[at + k] - mean) * root);
  }
  plain = together<Sum<TYPE>>(plain, line) / TYPE(D);
  weighted = together<Sum<TYPE>>(weighted, line) / TYPE(D);
  for (i64 k = first; k < D; k += step)
    dx[at + k] = root * (g[at + k] * scale[k] - plain - (x[at + k] - mean) * root * weighted);
}

extern "C" __global__ void __launch_bounds__(256)
    layer_norm_vectors(const TYPE* __restrict__ x, const TYPE* __restrict__ means, const TYPE* __restrict__ roots,
                       const TYPE* __restrict__ g, TYPE* __restrict__ dscale, TYPE* __restrict__ dbias, i64 rows, i64 D,
                       i64 chunk) {
  __shared__ TYPE part[2][8][kWarp];
  const i64 k = blockIdx.x * i64(kWarp) + threadIdx.x, begin = blockIdx.y * chunk;
  const i64 end = begin + chunk < rows ? begin + chunk : rows;
  TYPE weighted = TYPE(0), plain = TYPE(0);
  if (k < D)
    for (i64 row = begin + threadIdx.y; row < end; row += 8) {
      const TYPE here = g[row * D + k];
      plain += here;
      weighted += here * ((x[row * D + k] - means[row]) * roots[row]);
    }
  part[0][threadIdx.y][threadIdx.x] = weighted;
  part[1][threadIdx.y][threadIdx.x] = plain;
  __syncthreads();
  if (threadIdx.y || k >= D) return;
  for (int j = 1; j < 8; ++j) weighted += part[0][j][threadIdx.x], plain += part[1][j][threadIdx.x];
  dscale[blockIdx.y * D + k] = weighted;
  dbias[blockIdx.y * D + k] = plain;
}

extern "C" __global__ void __launch_bounds__(256)
    join_vectors(const TYPE* __restrict__ scales, const TYPE* __restrict__ biases, TYPE* __restrict__ dscale,
                 TYPE* __restrict__ dbias, i64 D, i64 chunks) {
  const i64 k = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (k >= D) return;
  TYPE weighted = TYPE(0), plain = TYPE(0);
  for (i64 c = 0; c < chunks; ++c) weighted += scales[c * D + k], plain += biases[c * D + k];
  dscale[k] = weighted;
  dbias[k] = plain;
}

extern "C" __global__ void __launch_bounds__(256)
    softmax_within(const TYPE* __restrict__ x, const int* __restrict__ starts, const int* __restrict__ stops,
                   TYPE* __restrict__ y, i64 rows, i64 D) {
  ROW;
  const i64 start = starts[row] > 0 ? starts[row] : 0, stop = stops[row] < D ? stops[row] : D;
  TYPE top = TYPE(-1e30), total = TYPE(0);
  for (i64 k = start + first; k < stop; k += step) top = maximum(top, x[at + k]);
  top = together<Maximum<TYPE>>(top, line);
  for (i64 k = start + first; k < stop; k += step) total += exp(minimum(x[at + k] - top, TYPE(0)));
  total = together<Sum<TYPE>>(total, line);
  for (i64 k = first; k < D; k += step)
    y[at + k] = k >= start && k < stop ? exp(minimum(x[at + k] - top, TYPE(0))) / total : TYPE(0);
}

extern "C" __global__ void __launch_bounds__(256)
    softmax_gradient(const TYPE* __restrict__ y, const TYPE* __restrict__ g, TYPE* __restrict__ x, i64 rows, i64 D) {
  ROW;
  TYPE total = TYPE(0);
  for (i64 k = first; k < D; k += step) total += y[at + k] * g[at + k];
  total = together<Sum<TYPE>>(total, line);
  for (i64 k = first; k < D; k += step) x[at + k] = y[at + k] * (g[at + k] - total);
}

// The same over an axis with `inner` neighbours: one thread a line.
extern "C" __global__ void __launch_bounds__(256)
    softmax_gradient_lines(const TYPE* __restrict__ y, const TYPE* __restrict__ g, TYPE* __restrict__ x, i64 lines,
                           i64 D, i64 inner) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= lines) return;
  const i64 first = t / inner * D * inner + t % inner, end = first + D * inner;
  TYPE total = TYPE(0);
  for (i64 k = first; k < end; k += inner) total += y[k] * g[k];
  for (i64 k = first; k < end; k += inner) x[k] = y[k] * (g[k] - total);
}
