// lines.cu: what goes along one axis in order: positions of extrema, running sums.
//   argmax, argmin  x (outer, D, inner) -> y (outer, inner) i64      the first extremum counts; NaN is one, as in NumPy
//   cumsum          x (outer, D, inner) -> y (outer, D, inner)       from the front, or from the back (REVERSE)
// Defines  : TYPE (element type), REVERSE (1 for sums from the back; 0 for the others).
// Launch   : one thread a line, 256 a block, neighbours of inner side by side.
// Shared   : none.
// Cost     : one read an element, one write for cumsum; a single thread walks each line, so long lines of few rows
//            leave a device idle: for classes and sequences of up to some thousands.
// Numerics : sums in order of the line.  Deterministic.
// Source   : own.
#include "common.cuh"

struct Line {
  i64 first;
  bool inside;
};

DEVICE Line line_of(i64 lines, i64 D, i64 inner) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  return {t / inner * D * inner + t % inner, t < lines};
}

DEVICE bool beats(TYPE x, TYPE best, bool largest) {
  if (best != best) return false;
  return x != x || (largest ? x > best : x < best);
}

DEVICE void position(const TYPE* x, i64* y, i64 lines, i64 D, i64 inner, bool largest) {
  const Line line = line_of(lines, D, inner);
  if (!line.inside) return;
  i64 best = 0;
  for (i64 k = 1; k < D; ++k)
    if (beats(x[line.first + k * inner], x[line.first + best * inner], largest)) best = k;
  y[blockIdx.x * i64(blockDim.x) + threadIdx.x] = best;
}

extern "C" __global__ void __launch_bounds__(256)
    argmax(const TYPE* __restrict__ x, i64* __restrict__ y, i64 lines, i64 D, i64 inner) {
  position(x, y, lines, D, inner, true);
}

extern "C" __global__ void __launch_bounds__(256)
    argmin(const TYPE* __restrict__ x, i64* __restrict__ y, i64 lines, i64 D, i64 inner) {
  position(x, y, lines, D, inner, false);
}

extern "C" __global__ void __launch_bounds__(256)
    cumsum(const TYPE* __restrict__ x, TYPE* __restrict__ y, i64 lines, i64 D, i64 inner) {
  const Line line = line_of(lines, D, inner);
  if (!line.inside) return;
  TYPE total = TYPE(0);
  for (i64 k = 0; k < D; ++k) {
    const i64 at = line.first + (REVERSE ? D - 1 - k : k) * inner;
    total += x[at];
    y[at] = total;
  }
}
