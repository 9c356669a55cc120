// common.cuh: what every kernel uses: types, packed access, reductions over a warp and a block, and the functions that
// op records name in their `cuda` expressions (tanh, exp and their like are CUDA's own overloads for float and double).
// NVRTC has no standard headers, so nothing is included here.
#pragma once

using i64 = long long;
using u64 = unsigned long long;

#define DEVICE __device__ __forceinline__

constexpr int kWarp = 32;
constexpr unsigned kAll = 0xffffffffu;

// ---- packed access: four neighbours at once, 16 bytes of float

template <class T> struct alignas(sizeof(T) >= 4 ? 16 : 4 * sizeof(T)) Packed {
  T v[4];
  DEVICE T& operator[](int k) { return v[k]; }
  DEVICE const T& operator[](int k) const { return v[k]; }
};

// Four elements from `p` on, of which `rest` lie inside the array; `p` is aligned like a Packed.
template <class T> DEVICE Packed<T> load(const T* p, i64 rest) {
  if (rest >= 4) return *reinterpret_cast<const Packed<T>*>(p);
  Packed<T> x = {};
  for (int k = 0; k < 4; ++k)
    if (k < rest) x[k] = p[k];
  return x;
}

template <class T> DEVICE void store(T* p, const Packed<T>& x, i64 rest) {
  if (rest >= 4) {
    *reinterpret_cast<Packed<T>*>(p) = x;
    return;
  }
  for (int k = 0; k < 4; ++k)
    if (k < rest) p[k] = x[k];
}

// ---- functions of the op records; maxima and minima hand NaN on, as NumPy's do and fmaxf does not

template <class T> DEVICE T maximum(T x, T y) { return x > y || x != x ? x : y; }
template <class T> DEVICE T minimum(T x, T y) { return x < y || x != x ? x : y; }
template <class T> DEVICE T absolute(T x) { return x < T(0) ? -x : x; }
template <> DEVICE float absolute(float x) { return fabsf(x); }
template <> DEVICE double absolute(double x) { return fabs(x); }
template <class T> DEVICE T sign(T x) { return x > T(0) ? T(1) : x < T(0) ? T(-1) : x; }

// x - y floor(x / y) without rounding: the remainder, moved to the side of y.
template <class T> DEVICE T towards(T remainder, T y) {
  return remainder != T(0) && (remainder < T(0)) != (y < T(0)) ? remainder + y : remainder;
}
template <class T> DEVICE T modulo(T x, T y) { return y == T(0) ? T(0) : towards(T(x % y), y); }
template <> DEVICE float modulo(float x, float y) { return towards(fmodf(x, y), y); }
template <> DEVICE double modulo(double x, double y) { return towards(fmod(x, y), y); }

// ---- reductions: how two partial results become one, and what changes nothing

DEVICE float infinity_of(float) { return __int_as_float(0x7f800000); }
DEVICE double infinity_of(double) { return double(__int_as_float(0x7f800000)); }
DEVICE int infinity_of(int) { return 0x7fffffff; }
DEVICE i64 infinity_of(i64) { return 0x7fffffffffffffffLL; }

template <class T> struct Sum {
  static DEVICE T identity() { return T(0); }
  static DEVICE T join(T x, T y) { return x + y; }
};
template <class T> struct Product {
  static DEVICE T identity() { return T(1); }
  static DEVICE T join(T x, T y) { return x * y; }
};
template <class T> struct Maximum {
  static DEVICE T identity() { return T(-infinity_of(T())); }
  static DEVICE T join(T x, T y) { return maximum(x, y); }
};
template <class T> struct Minimum {
  static DEVICE T identity() { return infinity_of(T()); }
  static DEVICE T join(T x, T y) { return minimum(x, y); }
};

// Every lane gets the reduction of all 32.
template <class R, class T> DEVICE T reduce_warp(T x) {
  for (int distance = kWarp / 2; distance; distance >>= 1) x = R::join(x, __shfl_xor_sync(kAll, x, distance));
  return x;
}

// Every thread of a one-dimensional block gets the reduction over the block, whose size is a multiple of 32.
// `line` is shared memory for 32 values; all threads must call this, and may call it again at once with the same line.
template <class R, class T> DEVICE T reduce_block(T x, T* line) {
  const int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp, warps = blockDim.x / kWarp;
  x = reduce_warp<R>(x);
  if (lane == 0) line[warp] = x;
  __syncthreads();
  x = reduce_warp<R>(lane < warps ? line[lane] : R::identity());
  __syncthreads();
  return x;
}
