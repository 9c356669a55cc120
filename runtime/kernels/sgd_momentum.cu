// sgd_momentum.cu: one step of gradient descent with momentum over a flat buffer.
//   w, g, d (n), rate () or (n) -> w1, d1 (n), which may be the buffers of w and d
//   d1 = momentum d - rate g,  w1 = w + d1
// Defines  : TYPE (element type), RATES (1 where every element has a rate of its own).
// Launch   : 256 threads a block, four elements a thread.     Shared   : none.
// Cost     : 4 n flop and 5 n elements of traffic: bandwidth-bound.     Numerics : deterministic.
// Source   : nettrain.md, section 3.
#include "common.cuh"

extern "C" __global__ void __launch_bounds__(256)
    sgd_momentum(const TYPE* w, const TYPE* __restrict__ g, const TYPE* d, const TYPE* __restrict__ rate, TYPE* w1,
                 TYPE* d1, i64 n, double momentum) {
  const i64 i = 4 * (blockIdx.x * i64(blockDim.x) + threadIdx.x), rest = n - i;
  if (rest <= 0) return;
  const TYPE friction = TYPE(momentum);
  Packed<TYPE> pw = load(w + i, rest), pd = load(d + i, rest);
  const Packed<TYPE> pg = load(g + i, rest);
  Packed<TYPE> pr = {};
  if (RATES) pr = load(rate + i, rest);
  for (int k = 0; k < 4; ++k) {
    pd[k] = friction * pd[k] - (RATES ? pr[k] : *rate) * pg[k];
    pw[k] += pd[k];
  }
  store(w1 + i, pw, rest);
  store(d1 + i, pd, rest);
}
