// ctc.cu: connectionist temporal classification, the loss and the share of every class at every step.
//   x (N, T, C) log probabilities, labels (N, L), steps (N), counts (N) -> loss (N), share (N, T, C)
//   ahead (N, T, S), behind (N, 2, S): room for the logarithms of Graves' alpha and beta, S = 2 L + 1 states
// Defines  : TYPE (element type), LABEL, STEP, COUNT (integer types).
// Launch   : a block of 256 an example; a thread a state, then a thread a class; one barrier or two a step.
// Shared   : none.
// Cost     : about 30 T S operations in double precision, and T S C comparisons for the shares: bound by latency.
// Numerics : double throughout; a class adds up its states in order.  Deterministic: no atomics.
// Source   : Graves et al. 2006, section 4.1.
// Tried    : nothing was measured on a device yet.
#include "common.cuh"

constexpr double kNever = -1e30;  // the logarithm of 0: finite, so that differences are 0 and not NaN

DEVICE double log_add(double x, double y, double z) {
  const double top = maximum(x, maximum(y, z));
  return top + log(exp(x - top) + exp(y - top) + exp(z - top));
}

// The class of state s: blanks at even places, labels between them.
DEVICE i64 class_of(const LABEL* labels, i64 s, i64 blank) {
  const i64 label = s % 2 ? i64(labels[s / 2]) : blank;
  return label < 0 ? 0 : label < blank ? label : blank;
}

// Whether state s may follow state s - 2.
DEVICE bool skips(const LABEL* labels, i64 s, i64 blank) {
  return s >= 2 && class_of(labels, s, blank) != class_of(labels, s - 2, blank);
}

extern "C" __global__ void __launch_bounds__(256)
    ctc(const TYPE* __restrict__ xs, const LABEL* __restrict__ all_labels, const STEP* __restrict__ all_steps,
        const COUNT* __restrict__ all_counts, TYPE* __restrict__ loss, TYPE* __restrict__ shares, double* aheads,
        double* behinds, i64 T, i64 C, i64 L) {
  const i64 n = blockIdx.x, S = 2 * L + 1, blank = C - 1, steps = all_steps[n], count = all_counts[n];
  const TYPE* const x = xs + n * T * C;
  const LABEL* const labels = all_labels + n * L;
  TYPE* const share = shares + n * T * C;
  double* const ahead = aheads + n * T * S;
  double *behind = behinds + n * 2 * S, *spare = behind + S;
  for (i64 s = threadIdx.x; s < S; s += blockDim.x) {
    ahead[s] = s < 2 ? double(x[class_of(labels, s, blank)]) : kNever;
    behind[s] = s == 2 * count || s == 2 * count - 1 ? 0.0 : kNever;
  }
  __syncthreads();
  for (i64 t = 1; t < T; ++t) {
    const double* const old = ahead + (t - 1) * S;
    for (i64 s = threadIdx.x; s < S; s += blockDim.x) {
      const double two = skips(labels, s, blank) ? old[s - 2] : kNever;
      const double ways = log_add(old[s], s ? old[s - 1] : kNever, two);
      ahead[t * S + s] = maximum(ways + double(x[t * C + class_of(labels, s, blank)]), kNever);
    }
    __syncthreads();
  }
  const i64 final = steps < 1 ? 0 : steps <= T ? steps - 1 : T - 1, end = 2 * count;
  const double whole = end >= 0 && end < S ? ahead[final * S + end] : kNever;
  const double shorter = end >= 1 && end <= S ? ahead[final * S + end - 1] : kNever;
  const double likelihood = log_add(whole, shorter, kNever);
  const bool possible = likelihood > kNever / 2;
  if (threadIdx.x == 0) loss[n] = possible ? TYPE(-likelihood) : infinity_of(TYPE());
  __syncthreads();  // before ahead is overwritten
  for (i64 t = T - 1; t >= 0; --t) {
    if (t < T - 1 && t < steps - 1) {
      const TYPE* const next = x + (t + 1) * C;
      for (i64 s = threadIdx.x; s < S; s += blockDim.x) {
        double ways[3];
        for (int k = 0; k < 3; ++k) {
          const bool open = s + k < S && (k < 2 || skips(labels, s + 2, blank));
          ways[k] = open ? behind[s + k] + double(next[class_of(labels, s + k, blank)]) : kNever;
        }
        spare[s] = maximum(log_add(ways[0], ways[1], ways[2]), kNever);
      }
      double* const swapped = behind;
      behind = spare;
      spare = swapped;
      __syncthreads();
    }
    for (i64 s = threadIdx.x; s < S; s += blockDim.x)
      ahead[t * S + s] = possible && t < steps ? exp(ahead[t * S + s] + behind[s] - likelihood) : 0.0;
    __syncthreads();
    for (i64 c = threadIdx.x; c < C; c += blockDim.x) {
      double sum = 0.0;
      for (i64 s = 0; s < S; ++s)
        if (class_of(labels, s, blank) == c) sum += ahead[t * S + s];
      share[t * C + c] = TYPE(sum);
    }
  }
}
