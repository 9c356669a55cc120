// pooling.cu: maxima and totals over windows of up to three axes, and the transposes that their gradients need.
//   max_pool          x -> y             the largest element of each window
//   max_pool_places   x -> y, places     with its place in the window (row-major, the first of equals)
//   max_pool_take     x, places -> y     the element of each window at a place; 0 where that lies in a pad
//   max_pool_scatter  y, places -> x     each element of x: sum of y over the windows that chose it
//   total_pool        x -> y             the total of each window
//   total_pool_spread y -> x             each element of x: sum of y over the windows that hold it
// x (a0, e0, a1, e1, a2, e2, a3), y (a0, o0, a1, o1, a2, o2, a3); window number o covers o t - b ... o t - b + k - 1.
// Defines  : TYPE (element type).  Missing axes have extents of 1.
// Launch   : one thread an element of the result, 256 a block.     Shared : none.
// Cost     : one read of each element of a window (from cache where windows overlap), one write: bandwidth-bound.
// Numerics : sums in the element type, in row-major order of windows.  Deterministic: gradients gather, no atomics.
//            NaN is above everything.
// Source   : own.
#include "common.cuh"

#define WINDOWS                                                                                                   \
  i64 count, i64 a1, i64 a2, i64 a3, int e0, int e1, int e2, int o0, int o1, int o2, int k0, int k1, int k2, int t0, \
      int t1, int t2, int b0, int b1, int b2

struct Point {  // of an array (a0, c0, a1, c1, a2, c2, a3)
  i64 r0, r1, r2, r3;
  int c0, c1, c2;
};

DEVICE Point point(i64 t, i64 a1, i64 a2, i64 a3, int c0, int c1, int c2) {
  Point p;
  p.r3 = t % a3, t /= a3;
  p.c2 = int(t % c2), t /= c2;
  p.r2 = t % a2, t /= a2;
  p.c1 = int(t % c1), t /= c1;
  p.r1 = t % a1, t /= a1;
  p.c0 = int(t % c0), p.r0 = t / c0;
  return p;
}

DEVICE i64 row(i64 r, i64 extent, int c) { return r * extent + c; }

// Where the element at c0, c1, c2 of the same rest lies, in an array with these extents.
DEVICE i64 index(const Point& p, i64 a1, i64 a2, i64 a3, int e0, int e1, int e2, int c0, int c1, int c2) {
  const i64 first = row(p.r0, e0, c0), second = row(first * a1 + p.r1, e1, c1);
  return row(second * a2 + p.r2, e2, c2) * a3 + p.r3;
}

// The first and last places k of a window that starts at `start` which lie inside 0 ... extent - 1.
DEVICE int low(int start) { return start < 0 ? -start : 0; }
DEVICE int high(int start, int size, int extent) { return start + size <= extent ? size : extent - start; }

DEVICE TYPE largest(const TYPE* x, i64 t, int* chosen, WINDOWS) {
  const Point p = point(t, a1, a2, a3, o0, o1, o2);
  const int f0 = p.c0 * t0 - b0, f1 = p.c1 * t1 - b1, f2 = p.c2 * t2 - b2;
  TYPE top = -infinity_of(TYPE());
  int place = -1;
  for (int i = low(f0); i < high(f0, k0, e0); ++i)
    for (int j = low(f1); j < high(f1, k1, e1); ++j)
      for (int k = low(f2); k < high(f2, k2, e2); ++k) {
        const TYPE here = x[index(p, a1, a2, a3, e0, e1, e2, f0 + i, f1 + j, f2 + k)];
        if (place >= 0 && !(here > top || (here != here && top == top))) continue;
        top = here;
        place = (i * k1 + j) * k2 + k;
      }
  *chosen = place < 0 ? 0 : place;
  return top;
}

#define SAME count, a1, a2, a3, e0, e1, e2, o0, o1, o2, k0, k1, k2, t0, t1, t2, b0, b1, b2
#define THREAD                                               \
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x; \
  if (t >= count) return

extern "C" __global__ void __launch_bounds__(256) max_pool(const TYPE* __restrict__ x, TYPE* __restrict__ y, WINDOWS) {
  THREAD;
  int place;
  y[t] = largest(x, t, &place, SAME);
}

extern "C" __global__ void __launch_bounds__(256)
    max_pool_places(const TYPE* __restrict__ x, TYPE* __restrict__ y, int* __restrict__ places, WINDOWS) {
  THREAD;
  int place;
  y[t] = largest(x, t, &place, SAME);
  places[t] = place;
}

extern "C" __global__ void __launch_bounds__(256)
    max_pool_take(const TYPE* __restrict__ x, const int* __restrict__ places, TYPE* __restrict__ y, WINDOWS) {
  THREAD;
  const Point p = point(t, a1, a2, a3, o0, o1, o2);
  const int place = places[t], i = place / (k1 * k2), j = place / k2 % k1, k = place % k2;
  const int c0 = p.c0 * t0 - b0 + i, c1 = p.c1 * t1 - b1 + j, c2 = p.c2 * t2 - b2 + k;
  const bool in = place >= 0 && i < k0 && c0 >= 0 && c0 < e0 && c1 >= 0 && c1 < e1 && c2 >= 0 && c2 < e2;
  y[t] = in ? x[index(p, a1, a2, a3, e0, e1, e2, c0, c1, c2)] : TYPE(0);
}

extern "C" __global__ void __launch_bounds__(256)
    total_pool(const TYPE* __restrict__ x, TYPE* __restrict__ y, WINDOWS) {
  THREAD;
  const Point p = point(t, a1, a2, a3, o0, o1, o2);
  const int f0 = p.c0 * t0 - b0, f1 = p.c1 * t1 - b1, f2 = p.c2 * t2 - b2;
  TYPE total = TYPE(0);
  for (int i = low(f0); i < high(f0, k0, e0); ++i)
    for (int j = low(f1); j < high(f1, k1, e1); ++j)
      for (int k = low(f2); k < high(f2, k2, e2); ++k)
        total += x[index(p, a1, a2, a3, e0, e1, e2, f0 + i, f1 + j, f2 + k)];
  y[t] = total;
}

// The windows o that hold position c: the first, and one after the last.
DEVICE int opening(int c, int b, int k, int t) { return c + b < k ? 0 : (c + b - k) / t + 1; }
DEVICE int closing(int c, int b, int t, int o) { return (c + b) / t < o ? (c + b) / t + 1 : o; }

// Sum over the windows that hold the element number t of x; with `places`, those alone that chose it.
DEVICE TYPE gathered(const TYPE* y, const int* places, i64 t, WINDOWS) {
  const Point p = point(t, a1, a2, a3, e0, e1, e2);
  TYPE total = TYPE(0);
  for (int i = opening(p.c0, b0, k0, t0); i < closing(p.c0, b0, t0, o0); ++i)
    for (int j = opening(p.c1, b1, k1, t1); j < closing(p.c1, b1, t1, o1); ++j)
      for (int k = opening(p.c2, b2, k2, t2); k < closing(p.c2, b2, t2, o2); ++k) {
        const i64 from = index(p, a1, a2, a3, o0, o1, o2, i, j, k);
        const int place = ((p.c0 + b0 - i * t0) * k1 + p.c1 + b1 - j * t1) * k2 + p.c2 + b2 - k * t2;
        if (!places || places[from] == place) total += y[from];
      }
  return total;
}

extern "C" __global__ void __launch_bounds__(256)
    max_pool_scatter(const TYPE* __restrict__ y, const int* __restrict__ places, TYPE* __restrict__ x, WINDOWS) {
  THREAD;
  x[t] = gathered(y, places, t, SAME);
}

extern "C" __global__ void __launch_bounds__(256)
    total_pool_spread(const TYPE* __restrict__ y, TYPE* __restrict__ x, WINDOWS) {
  THREAD;
  x[t] = gathered(y, nullptr, t, SAME);
}
