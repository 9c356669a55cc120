// emulator.hpp: runs CUDA C++ kernels on the host, one block at a time per host thread, so that the very same .cu
// files are tested without a device.
//
// Threads of a block are fibers: one makecontext for the stack, then _setjmp/_longjmp, which make no system call.  A
// fiber runs until a barrier, a warp operation or its end.  The scheduler drives warp by warp, lanes in the order asked
// for (forward, reverse, shuffled): a missing barrier gives another result under another order.  Results of warp
// operations are worked out by the scheduler when the last lane of the mask has arrived.
//
// Reported, with kernel file and line: barriers that some threads do not reach or reach at another place, warp
// operations whose lanes do not meet, lanes outside the mask, misaligned vector access and indices outside fixed
// arrays (by the compiler's -fsanitize=alignment,bounds, whose handlers stand in emulator.cpp), writes past dynamic shared
// memory, too many threads, too much shared memory.  Guard bands around global arrays are the launcher's work.
//
// Limits: no tensor-core instructions, asynchronous copies, clusters, grid barriers, textures or half types; no memory
// model; static shared memory is not cleared between blocks; expf and contraction differ from a device in last bits.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <type_traits>
#include <utility>

#define __global__
#define __host__
#define __device__
#define __forceinline__ inline
#define __noinline__
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
#define __shared__ static thread_local
#define __constant__ static
#define EMULATED 1

struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(16) double2 { double x, y; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(16) uint4 { unsigned x, y, z, w; };

namespace emulator {

// What a running thread knows of itself; the rest is the scheduler's (emulator.cpp).
struct Self {
  uint3 index;
  unsigned lane;
};
extern __thread Self* current;
extern __thread uint3 block_index;
extern __thread dim3 block_extent, grid_extent;

enum Want { SYNC, LANE, BALLOT };  // what a warp operation gives back: nothing, another lane's value, the vote

char* dynamic_shared();
void wait_block(const char* what, int line);
uint64_t meet(unsigned mask, Want want, uint64_t given, unsigned source, const char* what, int line);
[[noreturn]] void fault(const std::string& text);
const char* start(void (*run)(void**), const unsigned* grid, const unsigned* block, void** args, size_t shared,
                  size_t limit, int order, unsigned seed, int hosts);

template <class T> T shuffle(unsigned mask, T value, int source, int width, bool inside, const char* what, int line) {
  static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>);
  if (width <= 0 || width > 32 || (width & (width - 1))) fault(std::string(what) + ": width must be a power of two up to 32");
  uint64_t raw = 0;
  memcpy(&raw, &value, sizeof(T));
  raw = meet(mask, LANE, raw, inside ? unsigned(source) : current->lane, what, line);
  memcpy(&value, &raw, sizeof(T));
  return value;
}
template <class T> T shfl(unsigned m, T v, const char* what, int line, int lane, int width = 32) {
  const int base = current->lane & ~(width - 1);
  return shuffle(m, v, base + (lane & (width - 1)), width, true, what, line);
}
template <class T> T shfl_xor(unsigned m, T v, const char* what, int line, int bits, int width = 32) {
  const int to = current->lane ^ bits;
  return shuffle(m, v, to, width, to < int((current->lane & ~(width - 1)) + width), what, line);
}
template <class T> T shfl_down(unsigned m, T v, const char* what, int line, unsigned delta, int width = 32) {
  const int to = current->lane + delta;
  return shuffle(m, v, to, width, to < int((current->lane & ~(width - 1)) + width), what, line);
}
template <class T> T shfl_up(unsigned m, T v, const char* what, int line, unsigned delta, int width = 32) {
  const int to = int(current->lane) - int(delta);
  return shuffle(m, v, to, width, to >= int(current->lane & ~(width - 1)), what, line);
}

template <class... A, size_t... I> void call(void (*kernel)(A...), void** args, std::index_sequence<I...>) {
  kernel(*static_cast<std::remove_cv_t<A>*>(args[I])...);
}
// One letter a parameter: p writable pointer, c pointer to const, v value; with the size in bytes of what is meant.
template <class A> std::string letter() {
  if constexpr (std::is_pointer_v<A>) {
    using T = std::remove_pointer_t<A>;
    return (std::is_const_v<T> ? "c" : "p") + std::to_string(sizeof(T)) + " ";
  } else {
    return "v" + std::to_string(sizeof(A)) + " ";
  }
}
template <class... A> std::string signature(void (*)(A...)) { return (std::string() + ... + letter<A>()); }

}  // namespace emulator

#define threadIdx (emulator::current->index)
#define blockIdx emulator::block_index
#define blockDim emulator::block_extent
#define gridDim emulator::grid_extent
#define warpSize 32
#define __syncthreads() emulator::wait_block(__FILE_NAME__ ": __syncthreads", __LINE__)
inline unsigned emulator_mask(unsigned mask = 0xffffffffu) { return mask; }
#define __syncwarp(...) emulator::meet(emulator_mask(__VA_ARGS__), emulator::SYNC, 0, 0, __FILE_NAME__ ": __syncwarp", __LINE__)
#define __shfl_sync(m, v, ...) emulator::shfl(m, v, __FILE_NAME__ ": __shfl_sync", __LINE__, __VA_ARGS__)
#define __shfl_xor_sync(m, v, ...) emulator::shfl_xor(m, v, __FILE_NAME__ ": __shfl_xor_sync", __LINE__, __VA_ARGS__)
#define __shfl_down_sync(m, v, ...) emulator::shfl_down(m, v, __FILE_NAME__ ": __shfl_down_sync", __LINE__, __VA_ARGS__)
#define __shfl_up_sync(m, v, ...) emulator::shfl_up(m, v, __FILE_NAME__ ": __shfl_up_sync", __LINE__, __VA_ARGS__)
#define __ballot_sync(m, p) unsigned(emulator::meet(m, emulator::BALLOT, !!(p), 0, __FILE_NAME__ ": __ballot_sync", __LINE__))
#define __any_sync(m, p) (__ballot_sync(m, p) != 0)
#define __all_sync(m, p) (__ballot_sync(m, !(p)) == 0)
#define __threadfence() std::atomic_thread_fence(std::memory_order_seq_cst)
#define __threadfence_block() __threadfence()

template <class T> T __ldg(const T* p) { return *p; }
template <class T, class F> T emulator_atomic(T* p, F next) {
  std::atomic_ref<T> cell(*p);
  T old = cell.load();
  while (!cell.compare_exchange_weak(old, next(old))) {}
  return old;
}
template <class T> T atomicAdd(T* p, std::type_identity_t<T> v) { return emulator_atomic(p, [=](T x) { return T(x + v); }); }
template <class T> T atomicMax(T* p, std::type_identity_t<T> v) { return emulator_atomic(p, [=](T x) { return x < v ? v : x; }); }
template <class T> T atomicMin(T* p, std::type_identity_t<T> v) { return emulator_atomic(p, [=](T x) { return v < x ? v : x; }); }
template <class T> T atomicExch(T* p, std::type_identity_t<T> v) { return emulator_atomic(p, [=](T) { return v; }); }
template <class T> T atomicCAS(T* p, std::type_identity_t<T> a, std::type_identity_t<T> b) {
  return emulator_atomic(p, [=](T x) { return x == a ? b : x; });
}

using std::max;
using std::min;
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline double rsqrt(double x) { return 1.0 / ::sqrt(x); }
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return static_cast<unsigned long long>((static_cast<unsigned __int128>(a) * b) >> 64);
}
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __float_as_int(float x) { int r; memcpy(&r, &x, 4); return r; }
inline float __int_as_float(int x) { float r; memcpy(&r, &x, 4); return r; }
// Inverse error functions, which the host's library lacks: Newton's method in double from Winitzki's estimate (2008).
inline double erfinv(double y) {
  if (!(y > -1 && y < 1)) return y == 1 ? INFINITY : y == -1 ? -INFINITY : NAN;
  const double a = 0.147, l = ::log1p(-y * y), h = 2 / (M_PI * a) + l / 2;
  double x = copysign(::sqrt(::sqrt(h * h - l / a) - h), y);
  for (int i = 0; i < 4; ++i) x -= (::erf(x) - y) / (M_2_SQRTPI * ::exp(-x * x));
  return x;
}
inline float erfinv(float y) { return float(erfinv(double(y))); }
inline float erfinvf(float y) { return erfinv(y); }
inline double erfcinv(double y) { return erfinv(1 - y); }
inline float erfcinv(float y) { return float(erfinv(1 - double(y))); }
inline float erfcinvf(float y) { return erfcinv(y); }

#define EXPORT(NAME)                                                                                        \
  static void run_##NAME(void** args) {                                                                     \
    [&]<class... A>(void (*k)(A...)) { emulator::call(k, args, std::index_sequence_for<A...>()); }(NAME);   \
  }                                                                                                         \
  extern "C" const char* launch_##NAME(const unsigned* grid, const unsigned* block, void** args, size_t s,  \
                                       size_t limit, int order, unsigned seed, int hosts) {                 \
    return emulator::start(run_##NAME, grid, block, args, s, limit, order, seed, hosts);                    \
  }                                                                                                         \
  extern "C" const char* signature_##NAME() {                                                               \
    static const std::string text = emulator::signature(NAME);                                              \
    return text.c_str();                                                                                    \
  }
