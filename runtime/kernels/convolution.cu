// convolution.cu: convolution over up to three spatial axes, its input gradient and its weight gradient.
//   convolution          x (S0, S1, C, S2, N), w (F, C/G, k0, k1, k2) -> y (O0, O1, F, O2, N)
//   convolution_input    y, w -> x     x[s] = sum over f, k of w[f, k] y[f, o], o stride = s + before - k dilation
//   convolution_weights  x, y -> w     one sum for each chunk of the positions (o, n)
//   join_chunks          the sum of these over the chunks
// Defines  : TYPE (element type).  Missing axes have extents of 1.
// Launch   : implicit matrix product: blocks of 256 make a tile of 64 x 64 results in steps of 16 terms, 4 x 4 a
//            thread; where a group has few rows (depthwise), the *_direct entries: one thread a result, or one block a
//            weight and chunk.  Tiles, groups and weights lie along x, chunks along y.
// Shared   : two tiles of 16 x 65 elements; 32 elements in the direct weight gradient.
// Cost     : 2 |y| K flop, K = C/G k0 k1 k2; a tile reads each of its operands once: compute-bound from some 64 rows on.
// Numerics : sums in the element type, terms in order (chunks apart in the weight gradient).  Deterministic: no
//            atomics; the order depends on the shapes alone.  No tensor cores: float32 stays float32.
// Source   : Chetlur et al. 2014, section 3 (implicit product); own.
// Tried    : nothing was measured on a device yet.
#include "common.cuh"

constexpr int kTile = 64, kDepth = 16;

struct Tiles {
  TYPE a[kDepth][kTile + 1], b[kDepth][kTile + 1];
};

struct Geometry {
  int s0, s1, s2, o0, o1, o2, k0, k1, k2, t0, t1, t2, d0, d1, d2, b0, b1, b2;  // input, output, kernel, stride,
  int C, F, G;  // channels and filters of a group, groups                        dilation, pads before
  i64 N;
  DEVICE int taps() const { return k0 * k1 * k2; }
};

#define GEOMETRY                                                                                                    \
  int s0, int s1, int s2, int o0, int o1, int o2, int k0, int k1, int k2, int t0, int t1, int t2, int d0, int d1,   \
      int d2, int b0, int b1, int b2, int C, int F, int G, i64 N
#define GIVEN Geometry{s0, s1, s2, o0, o1, o2, k0, k1, k2, t0, t1, t2, d0, d1, d2, b0, b1, b2, C, F, G, N}

struct Place {
  int a0, a1, a2;
  i64 n;
};

// The position number p of (e0, e1, e2, N), row-major.
DEVICE Place place(i64 p, int e1, int e2, i64 N) {
  const i64 n = p % N;
  p /= N;
  const i64 q = p / e2;
  return {int(q / e1), int(q % e1), int(p % e2), n};
}

DEVICE Place tap(int k, const Geometry& g) { return place(k, g.k1, g.k2, 1); }

DEVICE i64 input_index(const Geometry& g, int a0, int a1, int channel, int a2, i64 n) {
  return (((a0 * i64(g.s1) + a1) * (i64(g.C) * g.G) + channel) * g.s2 + a2) * g.N + n;
}

DEVICE i64 output_index(const Geometry& g, int a0, int a1, int filter, int a2, i64 n) {
  return (((a0 * i64(g.o1) + a1) * (i64(g.F) * g.G) + filter) * g.o2 + a2) * g.N + n;
}

// The input that the output at `o` reads at a tap; 0 in the pads.
DEVICE TYPE input_at(const TYPE* x, const Geometry& g, const Place& o, const Place& k, int channel) {
  const int a0 = o.a0 * g.t0 + k.a0 * g.d0 - g.b0, a1 = o.a1 * g.t1 + k.a1 * g.d1 - g.b1;
  const int a2 = o.a2 * g.t2 + k.a2 * g.d2 - g.b2;
  const bool in = a0 >= 0 && a0 < g.s0 && a1 >= 0 && a1 < g.s1 && a2 >= 0 && a2 < g.s2;
  return in ? x[input_index(g, a0, a1, channel, a2, o.n)] : TYPE(0);
}

// The output that reads the input at `s` at a tap; 0 where none does.
DEVICE TYPE output_at(const TYPE* y, const Geometry& g, const Place& s, const Place& k, int filter) {
  const int a0 = s.a0 + g.b0 - k.a0 * g.d0, a1 = s.a1 + g.b1 - k.a1 * g.d1, a2 = s.a2 + g.b2 - k.a2 * g.d2;
  if (a0 < 0 || a1 < 0 || a2 < 0 || a0 % g.t0 || a1 % g.t1 || a2 % g.t2) return TYPE(0);
  const int c0 = a0 / g.t0, c1 = a1 / g.t1, c2 = a2 / g.t2;
  const bool in = c0 < g.o0 && c1 < g.o1 && c2 < g.o2;
  return in ? y[output_index(g, c0, c1, filter, c2, s.n)] : TYPE(0);
}

// Adds the product of the tiles to the thread's results: rows thread / 16 + 16 i, columns thread % 16 + 16 j.
DEVICE void multiply(const Tiles& tiles, TYPE (&sum)[4][4]) {
  const int row = threadIdx.x / 16, column = threadIdx.x % 16;
  for (int k = 0; k < kDepth; ++k) {
    TYPE u[4], v[4];
    for (int i = 0; i < 4; ++i) u[i] = tiles.a[k][row + 16 * i];
    for (int j = 0; j < 4; ++j) v[j] = tiles.b[k][column + 16 * j];
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) sum[i][j] += u[i] * v[j];
  }
}

// ---- forward

extern "C" __global__ void __launch_bounds__(256)
    convolution(const TYPE* __restrict__ x, const TYPE* __restrict__ w, TYPE* __restrict__ y, i64 columns, GEOMETRY) {
  __shared__ Tiles tiles;
  const Geometry g = GIVEN;
  const i64 across = (columns + kTile - 1) / kTile, tile = blockIdx.x % across, rest = blockIdx.x / across;
  const int down = (F + kTile - 1) / kTile, first = int(rest % down) * kTile, group = int(rest / down);
  const int terms = C * g.taps(), lane = threadIdx.x % kDepth, strip = threadIdx.x / kDepth;
  const i64 mine = tile * kTile + threadIdx.x % kTile;
  const Place o = place(mine, o1, o2, N);
  TYPE sum[4][4] = {};
  for (int start = 0; start < terms; start += kDepth) {
    for (int i = 0; i < 4; ++i) {
      const int m = strip + 16 * i, f = first + m, term = start + lane;
      tiles.a[lane][m] = f < F && term < terms ? w[(i64(group) * F + f) * terms + term] : TYPE(0);
      const int k = threadIdx.x / kTile + 4 * i, other = start + k, c = other / g.taps();
      tiles.b[k][threadIdx.x % kTile] = mine < columns && other < terms
                                            ? input_at(x, g, o, tap(other % g.taps(), g), group * C + c)
                                            : TYPE(0);
    }
    __syncthreads();
    multiply(tiles, sum);
    __syncthreads();
  }
  for (int j = 0; j < 4; ++j) {
    const i64 p = tile * kTile + threadIdx.x % 16 + 16 * j;
    if (p >= columns) continue;
    const Place to = place(p, o1, o2, N);
    for (int i = 0; i < 4; ++i) {
      const int f = first + threadIdx.x / 16 + 16 * i;
      if (f < F) y[output_index(g, to.a0, to.a1, group * F + f, to.a2, to.n)] = sum[i][j];
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    convolution_direct(const TYPE* __restrict__ x, const TYPE* __restrict__ w, TYPE* __restrict__ y, i64 count,
                       GEOMETRY) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const Geometry g = GIVEN;
  const i64 n = t % N, q = t / N, r = q / o2;  // (o0, o1, f, o2, n)
  const int filter = int(r % (i64(F) * G)), group = filter / F;
  const i64 plane = r / (i64(F) * G);
  const Place o = {int(plane / o1), int(plane % o1), int(q % o2), n};
  TYPE sum = TYPE(0);
  for (int c = 0; c < C; ++c)
    for (int k = 0; k < g.taps(); ++k)
      sum += w[(i64(filter) * C + c) * g.taps() + k] * input_at(x, g, o, tap(k, g), group * C + c);
  y[t] = sum;
}

// ---- input gradient

extern "C" __global__ void __launch_bounds__(256)
    convolution_input(const TYPE* __restrict__ y, const TYPE* __restrict__ w, TYPE* __restrict__ x, i64 columns,
                      GEOMETRY) {
  __shared__ Tiles tiles;
  const Geometry g = GIVEN;
  const i64 across = (columns + kTile - 1) / kTile, tile = blockIdx.x % across, rest = blockIdx.x / across;
  const int down = (C + kTile - 1) / kTile, first = int(rest % down) * kTile, group = int(rest / down);
  const int terms = F * g.taps(), lane = threadIdx.x % kDepth, strip = threadIdx.x / kDepth;
  const i64 mine = tile * kTile + threadIdx.x % kTile;
  const Place s = place(mine, s1, s2, N);
  TYPE sum[4][4] = {};
  for (int start = 0; start < terms; start += kDepth) {
    const int term = start + lane, f = term / g.taps();
    const i64 at = (i64(group) * F + f) * C * g.taps() + term % g.taps();  // + c taps
    for (int i = 0; i < 4; ++i) {
      const int m = strip + 16 * i, c = first + m;
      tiles.a[lane][m] = c < C && term < terms ? w[at + i64(c) * g.taps()] : TYPE(0);
      const int k = threadIdx.x / kTile + 4 * i, other = start + k;
      tiles.b[k][threadIdx.x % kTile] =
          mine < columns && other < terms
              ? output_at(y, g, s, tap(other % g.taps(), g), group * F + other / g.taps())
              : TYPE(0);
    }
    __syncthreads();
    multiply(tiles, sum);
    __syncthreads();
  }
  for (int j = 0; j < 4; ++j) {
    const i64 p = tile * kTile + threadIdx.x % 16 + 16 * j;
    if (p >= columns) continue;
    const Place to = place(p, s1, s2, N);
    for (int i = 0; i < 4; ++i) {
      const int c = first + threadIdx.x / 16 + 16 * i;
      if (c < C) x[input_index(g, to.a0, to.a1, group * C + c, to.a2, to.n)] = sum[i][j];
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    convolution_input_direct(const TYPE* __restrict__ y, const TYPE* __restrict__ w, TYPE* __restrict__ x, i64 count,
                             GEOMETRY) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const Geometry g = GIVEN;
  const i64 n = t % N, q = t / N, r = q / s2;  // (s0, s1, c, s2, n)
  const int channel = int(r % (i64(C) * G)), group = channel / C, c = channel % C;
  const i64 plane = r / (i64(C) * G);
  const Place s = {int(plane / s1), int(plane % s1), int(q % s2), n};
  TYPE sum = TYPE(0);
  for (int f = group * F; f < group * F + F; ++f)
    for (int k = 0; k < g.taps(); ++k)
      sum += w[(i64(f) * C + c) * g.taps() + k] * output_at(y, g, s, tap(k, g), f);
  x[t] = sum;
}

// ---- weight gradient

extern "C" __global__ void __launch_bounds__(256)
    convolution_weights(const TYPE* __restrict__ x, const TYPE* __restrict__ y, TYPE* __restrict__ w, i64 positions,
                        i64 chunk, GEOMETRY) {
  __shared__ Tiles tiles;
  const Geometry g = GIVEN;
  const int columns = C * g.taps(), across = (columns + kTile - 1) / kTile, down = (F + kTile - 1) / kTile;
  const int left = int(blockIdx.x % across) * kTile, rest = blockIdx.x / across;
  const int first = rest % down * kTile, group = rest / down;
  const int lane = threadIdx.x % kDepth, strip = threadIdx.x / kDepth;
  const i64 begin = blockIdx.y * chunk, end = begin + chunk < positions ? begin + chunk : positions;
  TYPE sum[4][4] = {};
  for (i64 start = begin; start < end; start += kDepth) {
    const bool in = start + lane < end;
    const Place o = place(start + lane, o1, o2, N);
    for (int i = 0; i < 4; ++i) {
      const int m = strip + 16 * i, f = first + m, j = left + m;
      tiles.a[lane][m] = in && f < F ? y[output_index(g, o.a0, o.a1, group * F + f, o.a2, o.n)] : TYPE(0);
      tiles.b[lane][m] =
          in && j < columns ? input_at(x, g, o, tap(j % g.taps(), g), group * C + j / g.taps()) : TYPE(0);
    }
    __syncthreads();
    multiply(tiles, sum);
    __syncthreads();
  }
  TYPE* const to = w + blockIdx.y * (i64(F) * G * columns);
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) {
      const int f = first + threadIdx.x / 16 + 16 * i, column = left + threadIdx.x % 16 + 16 * j;
      if (f < F && column < columns) to[(i64(group) * F + f) * columns + column] = sum[i][j];
    }
}

extern "C" __global__ void __launch_bounds__(256)
    convolution_weights_direct(const TYPE* __restrict__ x, const TYPE* __restrict__ y, TYPE* __restrict__ w,
                               i64 positions, i64 chunk, GEOMETRY) {
  __shared__ TYPE line[kWarp];
  const Geometry g = GIVEN;
  const int columns = C * g.taps(), column = blockIdx.x % columns, filter = blockIdx.x / columns;
  const int channel = filter / F * C + column / g.taps();
  const Place k = tap(column % g.taps(), g);
  const i64 begin = blockIdx.y * chunk, end = begin + chunk < positions ? begin + chunk : positions;
  TYPE sum = TYPE(0);
  for (i64 p = begin + threadIdx.x; p < end; p += blockDim.x) {
    const Place o = place(p, o1, o2, N);
    sum += y[output_index(g, o.a0, o.a1, filter, o.a2, o.n)] * input_at(x, g, o, k, channel);
  }
  sum = reduce_block<Sum<TYPE>>(sum, line);
  if (threadIdx.x == 0) w[blockIdx.y * i64(gridDim.x) + blockIdx.x] = sum;
}

extern "C" __global__ void __launch_bounds__(256)
    join_chunks(const TYPE* __restrict__ parts, TYPE* __restrict__ w, i64 count, i64 chunks) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  TYPE sum = TYPE(0);
  for (i64 c = 0; c < chunks; ++c) sum += parts[c * count + t];
  w[t] = sum;
}
