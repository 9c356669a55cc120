// batch_norm.cu: normalisation of each channel by its mean and variance over everything else, forward and backward.
//   x (outer, C, inner), scale (C), bias (C) -> y, mean (C), variance (C)
//   x, scale, mean, variance, g -> dx, dscale (C), dbias (C)
//   *_block, *_columns   two sums a channel and chunk of the P = outer inner positions: (mean, squares about it) or
//                        (sum of g z, sum of g), z = (x - mean) / sqrt(variance + e)
//   *_join               the sums of the chunks made one;   *_apply  the elements
// Defines  : TYPE (element type).
// Launch   : inner >= 32: a block of 256 a channel and chunk; else blocks of 32 channels x 8 positions; chunks along y.
// Shared   : 32 elements, or 2 x 8 x 32 in columns.
// Cost     : forward three reads (the second from cache) and one write, backward two and one: bandwidth-bound.
// Numerics : squares about the chunk's own mean, chunks joined by Chan's formula; trees over lanes.  Deterministic: no
//            atomics; the order depends on the shapes alone.
// Source   : Ioffe, Szegedy 2015, algorithm 1 and section 3; Chan, Golub, LeVeque 1983, equation 2.1.
// Tried    : nothing was measured on a device yet.
#include "common.cuh"

#define EXTENTS i64 C, i64 inner, i64 P, i64 chunk

DEVICE i64 element(i64 p, i64 c, i64 C, i64 inner) { return (p / inner * C + c) * inner + p % inner; }

struct Share {  // of a thread: its channel, and the positions first, first + step, ... below end
  i64 c, first, end, step, count;
};

DEVICE Share share(bool columns, i64 C, i64 P, i64 chunk) {
  const i64 begin = blockIdx.y * chunk, end = begin + chunk < P ? begin + chunk : P;
  if (!columns) return {i64(blockIdx.x), begin + threadIdx.x, end, blockDim.x, end - begin};
  const i64 c = blockIdx.x * i64(kWarp) + threadIdx.x;
  return {c, begin + threadIdx.y, c < C ? end : begin, 8, end - begin};
}

// The sum over the 8 threads of a column; all threads of the block must call this.
DEVICE TYPE down(TYPE x, TYPE (*part)[kWarp]) {
  part[threadIdx.y][threadIdx.x] = x;
  __syncthreads();
  x = TYPE(0);
  for (int j = 0; j < 8; ++j) x += part[j][threadIdx.x];
  __syncthreads();
  return x;
}

DEVICE TYPE total(const Share& s, const TYPE* x, i64 C, i64 inner) {
  TYPE sum = TYPE(0);
  for (i64 p = s.first; p < s.end; p += s.step) sum += x[element(p, s.c, C, inner)];
  return sum;
}

DEVICE TYPE squares(const Share& s, const TYPE* x, TYPE mean, i64 C, i64 inner) {
  TYPE sum = TYPE(0);
  for (i64 p = s.first; p < s.end; p += s.step) {
    const TYPE d = x[element(p, s.c, C, inner)] - mean;
    sum += d * d;
  }
  return sum;
}

extern "C" __global__ void __launch_bounds__(256)
    norm_block(const TYPE* __restrict__ x, TYPE* __restrict__ means, TYPE* __restrict__ rests, EXTENTS) {
  __shared__ TYPE line[kWarp];
  const Share s = share(false, C, P, chunk);
  const TYPE mean = reduce_block<Sum<TYPE>>(total(s, x, C, inner), line) / TYPE(s.count);
  const TYPE rest = reduce_block<Sum<TYPE>>(squares(s, x, mean, C, inner), line);
  if (threadIdx.x == 0) means[blockIdx.y * C + s.c] = mean, rests[blockIdx.y * C + s.c] = rest;
}

extern "C" __global__ void __launch_bounds__(256)
    norm_columns(const TYPE* __restrict__ x, TYPE* __restrict__ means, TYPE* __restrict__ rests, EXTENTS) {
  __shared__ TYPE part[8][kWarp];
  const Share s = share(true, C, P, chunk);
  const TYPE mean = down(total(s, x, C, inner), part) / TYPE(s.count);
  const TYPE rest = down(squares(s, x, mean, C, inner), part);
  if (threadIdx.y == 0 && s.c < C) means[blockIdx.y * C + s.c] = mean, rests[blockIdx.y * C + s.c] = rest;
}

extern "C" __global__ void __launch_bounds__(256)
    norm_join(const TYPE* __restrict__ means, const TYPE* __restrict__ rests, TYPE* __restrict__ mean,
              TYPE* __restrict__ variance, i64 C, i64 P, i64 chunk) {
  const i64 c = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (c >= C) return;
  TYPE sum = TYPE(0), rest = TYPE(0);
  for (i64 k = 0; k * chunk < P; ++k) sum += TYPE((k + 1) * chunk < P ? chunk : P - k * chunk) * means[k * C + c];
  const TYPE middle = sum / TYPE(P);
  for (i64 k = 0; k * chunk < P; ++k) {
    const TYPE d = means[k * C + c] - middle;
    rest += rests[k * C + c] + TYPE((k + 1) * chunk < P ? chunk : P - k * chunk) * d * d;
  }
  mean[c] = middle;
  variance[c] = rest / TYPE(P);
}

extern "C" __global__ void __launch_bounds__(256)
    norm_apply(const TYPE* __restrict__ x, const TYPE* __restrict__ scale, const TYPE* __restrict__ bias,
               TYPE* __restrict__ y, const TYPE* __restrict__ mean, const TYPE* __restrict__ variance, i64 count, i64 C,
               i64 inner, double epsilon) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const i64 c = t / inner % C;
  y[t] = (x[t] - mean[c]) * (scale[c] / sqrt(variance[c] + TYPE(epsilon))) + bias[c];
}

// ---- backward

DEVICE TYPE products(const Share& s, const TYPE* x, const TYPE* g, TYPE mean, TYPE root, i64 C, i64 inner) {
  TYPE sum = TYPE(0);
  for (i64 p = s.first; p < s.end; p += s.step) {
    const i64 at = element(p, s.c, C, inner);
    sum += g[at] * ((x[at] - mean) * root);
  }
  return sum;
}

extern "C" __global__ void __launch_bounds__(256)
    slope_block(const TYPE* __restrict__ x, const TYPE* __restrict__ mean, const TYPE* __restrict__ variance,
                const TYPE* __restrict__ g, TYPE* __restrict__ scales, TYPE* __restrict__ biases, EXTENTS,
                double epsilon) {
  __shared__ TYPE line[kWarp];
  const Share s = share(false, C, P, chunk);
  const TYPE root = TYPE(1) / sqrt(variance[s.c] + TYPE(epsilon));
  const TYPE weighted = reduce_block<Sum<TYPE>>(products(s, x, g, mean[s.c], root, C, inner), line);
  const TYPE plain = reduce_block<Sum<TYPE>>(total(s, g, C, inner), line);
  if (threadIdx.x == 0) scales[blockIdx.y * C + s.c] = weighted, biases[blockIdx.y * C + s.c] = plain;
}

extern "C" __global__ void __launch_bounds__(256)
    slope_columns(const TYPE* __restrict__ x, const TYPE* __restrict__ mean, const TYPE* __restrict__ variance,
                  const TYPE* __restrict__ g, TYPE* __restrict__ scales, TYPE* __restrict__ biases, EXTENTS,
                  double epsilon) {
  __shared__ TYPE part[8][kWarp];
  const Share s = share(true, C, P, chunk);
  const i64 c = s.c < C ? s.c : C - 1;
  const TYPE root = TYPE(1) / sqrt(variance[c] + TYPE(epsilon));
  const TYPE weighted = down(products(s, x, g, mean[c], root, C, inner), part);
  const TYPE plain = down(total(s, g, C, inner), part);
  if (threadIdx.y == 0 && s.c < C) scales[blockIdx.y * C + c] = weighted, biases[blockIdx.y * C + c] = plain;
}

extern "C" __global__ void __launch_bounds__(256)
    slope_join(const TYPE* __restrict__ scales, const TYPE* __restrict__ biases, TYPE* __restrict__ dscale,
               TYPE* __restrict__ dbias, i64 C, i64 chunks) {
  const i64 c = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (c >= C) return;
  TYPE weighted = TYPE(0), plain = TYPE(0);
  for (i64 k = 0; k < chunks; ++k) weighted += scales[k * C + c], plain += biases[k * C + c];
  dscale[c] = weighted;
  dbias[c] = plain;
}

extern "C" __global__ void __launch_bounds__(256)
    slope_apply(const TYPE* __restrict__ x, const TYPE* __restrict__ scale, const TYPE* __restrict__ mean,
                const TYPE* __restrict__ variance, const TYPE* __restrict__ g, TYPE* __restrict__ dx,
                const TYPE* __restrict__ dscale, const TYPE* __restrict__ dbias, i64 count, i64 C, i64 inner,
                double epsilon) {
  const i64 t = blockIdx.x * i64(blockDim.x) + threadIdx.x;
  if (t >= count) return;
  const i64 c = t / inner % C;
  const TYPE P = TYPE(count / C), root = TYPE(1) / sqrt(variance[c] + TYPE(epsilon));
  dx[t] = (g[t] - (x[t] - mean[c]) * root * (dscale[c] / P) - dbias[c] / P) * (scale[c] * root);
}
