// argsort.cu: positions that sort each line, ascending and stable; NaN comes last.
//   x (outer, R, inner) -> y (outer, R, inner), positions from 0
//   sort_runs    orders runs of 64 by counting: an element's place is the number of those before it
//   merge_runs   merges pairs of runs: an element's place is its own plus the number before it in the other run
// Defines  : TYPE (element type).
// Launch   : one thread an element, 256 a block; one launch of sort_runs, then log2(R / 64) of merge_runs.
// Shared   : none.
// Cost     : 64 comparisons an element, then log2(run) reads an element and launch (from cache).
// Numerics : exact.  Deterministic: every element finds its own place.
// Source   : ranks by binary search as in Satish, Harris, Garland 2009, section 5.
#include "common.cuh"

constexpr i64 kRun = 64;

// Whether `x` stands before `y` for being smaller.
DEVICE bool before(TYPE x, TYPE y) { return x < y || (x == x && y != y); }

extern "C" __global__ void __launch_bounds__(256)
    sort_runs(const TYPE* __restrict__ x, i64* __restrict__ y, i64 count, i64 R, i64 inner) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const i64 r = t / inner % R, line = t - r * inner, first = r / kRun * kRun;
  const i64 end = first + kRun < R ? first + kRun : R;
  const TYPE mine = x[t];
  i64 place = first;
  for (i64 k = first; k < end; ++k) {
    const TYPE other = x[line + k * inner];
    place += before(other, mine) || (k < r && !before(mine, other));
  }
  y[line + place * inner] = r;
}

extern "C" __global__ void __launch_bounds__(256)
    merge_runs(const TYPE* __restrict__ x, const i64* __restrict__ from, i64* __restrict__ to, i64 count, i64 R,
               i64 inner, i64 run) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const i64 r = t / inner % R, line = t - r * inner, own = r / run;
  const i64 pair = own / 2 * 2 * run, start = own % 2 ? pair : pair + run;  // of the other run
  const i64 first = start < R ? start : R, last = first + run < R ? first + run : R;
  const TYPE mine = x[line + from[t] * inner];
  i64 low = first, high = last;  // elements below `low` stand before mine, those from `high` on do not
  while (low < high) {
    const i64 middle = (low + high) / 2;
    const TYPE other = x[line + from[line + middle * inner] * inner];
    const bool ahead = own % 2 ? !before(mine, other) : before(other, mine);  // the left run's equals go first
    if (ahead) low = middle + 1;
    else high = middle;
  }
  const i64 place = pair + r % run + (low - first);
  to[line + place * inner] = from[t];
}
