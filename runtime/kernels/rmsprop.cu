// rmsprop.cu: one step of centred RMSProp with momentum over a flat buffer.
//   w, g, s, a, d (n), rate () or (n) -> w1, s1, a1, d1 (n), which may be the buffers of w, s, a, d
//   s1 = beta s + (1 - beta) g^2,  a1 = beta a + (1 - beta) g,
//   d1 = momentum d - rate g / sqrt(s1 - a1^2 + epsilon),  w1 = w + d1
// Defines  : TYPE (element type), RATES (1 where every element has a rate of its own).
// Launch   : 256 threads a block, four elements a thread.     Shared   : none.
// Cost     : 16 n flop and 9 n elements of traffic: bandwidth-bound.
// Numerics : the order of the NumPy form.  Deterministic.
// Source   : Graves 2013, equations 38-41.
#include "common.cuh"

extern "C" __global__ void __launch_bounds__(256)
    rmsprop(const TYPE* w, const TYPE* __restrict__ g, const TYPE* s, const TYPE* a, const TYPE* d,
            const TYPE* __restrict__ rate, TYPE* w1, TYPE* s1, TYPE* a1, TYPE* d1, i64 n, double beta, double epsilon,
            double momentum) {
  const i64 i = 4 * (blockIdx.x * i64(blockDim.x) + threadIdx.x), rest = n - i;
  if (rest <= 0) return;
  const TYPE keep = TYPE(beta), fresh = TYPE(1 - beta), small = TYPE(epsilon), friction = TYPE(momentum);
  Packed<TYPE> pw = load(w + i, rest), ps = load(s + i, rest), pa = load(a + i, rest), pd = load(d + i, rest);
  const Packed<TYPE> pg = load(g + i, rest);
  Packed<TYPE> pr = {};
  if (RATES) pr = load(rate + i, rest);
  for (int k = 0; k < 4; ++k) {
    ps[k] = keep * ps[k] + fresh * (pg[k] * pg[k]);
    pa[k] = keep * pa[k] + fresh * pg[k];
    pd[k] = friction * pd[k] - (RATES ? pr[k] : *rate) * (pg[k] / sqrt(ps[k] - pa[k] * pa[k] + small));
    pw[k] += pd[k];
  }
  store(w1 + i, pw, rest);
  store(s1 + i, ps, rest);
  store(a1 + i, pa, rest);
  store(d1 + i, pd, rest);
}
