// adam.cu: one Adam step over a flat buffer.
//   w, g, m, v (n), rate () or (n), step () -> w1, m1, v1 (n), which may be the buffers of w, m, v
//   m1 = beta1 m + g,  v1 = beta2 v + g^2,  w1 = w - rate mhat / (sqrt(vhat) + epsilon)
//   mhat = m1 (1 - beta1) / (1 - beta1^step), vhat likewise: the stored moments lack the factor (1 - beta).
// Defines  : TYPE (element type), STEP (type of the step), RATES (1 where every element has a rate of its own).
// Launch   : 256 threads a block, four elements a thread.
// Shared   : two numbers a block: the corrections, worked out once a block in double.
// Cost     : 12 n flop and 7 n elements of traffic (8 n with rates): bandwidth-bound.
// Numerics : 1 - beta2^step in float would lose four digits at step 1.  Deterministic.
// Source   : Kingma, Ba 2015, algorithm 1; the factors of (1 - beta) folded into two scalars.
#include "common.cuh"

extern "C" __global__ void __launch_bounds__(256)
    adam(const TYPE* w, const TYPE* __restrict__ g, const TYPE* m, const TYPE* v, const TYPE* __restrict__ rate,
         const STEP* __restrict__ step, TYPE* w1, TYPE* m1, TYPE* v1, i64 n, double beta1, double beta2, double epsilon) {
  __shared__ TYPE factor, small;
  if (threadIdx.x == 0) {
    const double t = double(*step);
    const double root = sqrt((1 - beta2) / (1 - pow(beta2, t)));
    factor = TYPE((1 - beta1) / (1 - pow(beta1, t)) / root);
    small = TYPE(epsilon / root);
  }
  __syncthreads();
  const i64 i = 4 * (blockIdx.x * i64(blockDim.x) + threadIdx.x), rest = n - i;
  if (rest <= 0) return;
  const TYPE keep1 = TYPE(beta1), keep2 = TYPE(beta2);
  Packed<TYPE> pw = load(w + i, rest), pm = load(m + i, rest), pv = load(v + i, rest);
  const Packed<TYPE> pg = load(g + i, rest);
  Packed<TYPE> pr = {};
  if (RATES) pr = load(rate + i, rest);
  for (int k = 0; k < 4; ++k) {
    pm[k] = keep1 * pm[k] + pg[k];
    pv[k] = keep2 * pv[k] + pg[k] * pg[k];
    pw[k] -= (RATES ? pr[k] : *rate) * factor * (pm[k] / (sqrt(pv[k]) + small));
  }
  store(w1 + i, pw, rest);
  store(m1 + i, pm, rest);
  store(v1 + i, pv, rest);
}
