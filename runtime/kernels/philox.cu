// philox.cu: random numbers, the very bits of numpy.random.Philox.
//   counter (2) u64 = (seed, step) -> y (n)     block b of four 64-bit words: Philox4x64-10 of the counter
//   (b + 1, step, 0, 0) under the key (seed, stream); words in order, of each word the low bits first
//   uniform    float: the leading 24 of 32 bits; double: the leading 53 of 64 bits, as numbers in [0, 1)
//   bernoulli  whether 16 or 32 bits lie below a threshold
// Defines  : TYPE (float or double) for uniform, BITS (16 or 32) for bernoulli.
// Launch   : one thread a block of four words, 256 threads a block.     Shared   : none.
// Cost     : 10 rounds of two 64-bit products for 256 bits: bound by integer products, then by writes.
// Numerics : exact; equal on every device.  Deterministic.
// Source   : Salmon, Moraes, Dror, Shaw 2011, section 3.3; constants of Philox4x64.
#include "common.cuh"

#ifndef TYPE
#define TYPE float
#endif
#ifndef BITS
#define BITS 16
#endif

struct Words {
  u64 v[4];
};

DEVICE Words philox(u64 block, u64 step, u64 seed, u64 stream) {
  u64 c0 = block + 1, c1 = step, c2 = 0, c3 = 0, k0 = seed, k1 = stream;
  for (int round = 0; round < 10; ++round) {
    const u64 a = 0xD2E7470EE14C6C93ull * c0, b = 0xCA5A826395121157ull * c2;
    const u64 high_a = __umul64hi(0xD2E7470EE14C6C93ull, c0), high_b = __umul64hi(0xCA5A826395121157ull, c2);
    c0 = high_b ^ c1 ^ k0;
    c1 = b;
    c2 = high_a ^ c3 ^ k1;
    c3 = a;
    k0 += 0x9E3779B97F4A7C15ull;
    k1 += 0xBB67AE8584CAA73Bull;
  }
  return {{c0, c1, c2, c3}};
}

DEVICE float unit(u64 word, int part, float) {
  return float((unsigned(word >> (32 * part))) >> 8) * (1.0f / 16777216.0f);
}
DEVICE double unit(u64 word, int, double) { return double(word >> 11) * (1.0 / 9007199254740992.0); }

extern "C" __global__ void __launch_bounds__(256)
    random_uniform(const u64* __restrict__ counter, TYPE* __restrict__ y, i64 n, u64 stream) {
  constexpr int kParts = 8 / sizeof(TYPE);
  const i64 block = blockIdx.x * i64(blockDim.x) + threadIdx.x, first = block * 4 * kParts;
  if (first >= n) return;
  const Words words = philox(u64(block), counter[1], counter[0], stream);
  for (int k = 0; k < 4 * kParts; ++k)
    if (first + k < n) y[first + k] = unit(words.v[k / kParts], k % kParts, TYPE());
}

extern "C" __global__ void __launch_bounds__(256)
    bernoulli(const u64* __restrict__ counter, bool* __restrict__ y, i64 n, u64 stream, u64 threshold) {
  constexpr int kParts = 64 / BITS;
  const i64 block = blockIdx.x * i64(blockDim.x) + threadIdx.x, first = block * 4 * kParts;
  if (first >= n) return;
  const Words words = philox(u64(block), counter[1], counter[0], stream);
  for (int k = 0; k < 4 * kParts; ++k)
    if (first + k < n) y[first + k] = (words.v[k / kParts] >> (BITS * (k % kParts)) & ((1ull << BITS) - 1)) < threshold;
}
