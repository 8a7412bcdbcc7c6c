// Makes probabilities of products of queries and keys in place, a group for each row of
// scores [heads, tq, tk]. CAP, SLOPES, SINKS: which rules for scores there are;
// SLOPES is 2 where what grows with the position is rounded to BF16 before it is scaled.
// SPLITS: heads that lie side by side are written one after the other as well, as split_heads does.
#if SPLITS
#define SPLIT                                                                                      \
  , int heads, int head_width, int capacity, int place, long moved,                                \
      global const float *side_by_side, long side_by_side0, global float *by_head, long by_head0
#else
#define SPLIT
#endif

float bf16(float x) {
  uint bits = as_uint(x);
  return as_float((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000);
}

float ruled(float score, float scale, float cap, float slope, int k) {
  float s = score * scale;
#if CAP
  s = cap * tanh(s / cap);
#endif
#if SLOPES == 1
  s += slope * k;
#elif SLOPES == 2
  s += bf16(bf16(slope) * bf16(k)) * scale;
#endif
  return s;
}

kernel void causal_softmax(global float *scores, long scores0, global const float *slopes,
                           long slopes0, global const float *sinks, long sinks0, int tq, int tk,
                           float scale, float cap, int window SPLIT) {
  local float shared[GROUP];
  long row = get_group_id(0);
  int h = row / tq;
  int last = row % tq + tk - tq;
  int from = window > last ? 0 : last - window + 1;
  global float *at = scores + scores0 + row * tk;
  int first = get_local_id(0);
  float slope = 0;
#if SLOPES
  slope = slopes[slopes0 + h];
#endif
  float largest = -INFINITY;
  for (int k = from + first; k <= last; k += GROUP) {
    largest = fmax(largest, ruled(at[k], scale, cap, slope, k));
  }
  largest = largest_of_group(largest, shared);
  float sum = 0;
  for (int k = from + first; k <= last; k += GROUP) {
    float e = exp(ruled(at[k], scale, cap, slope, k) - largest);
    at[k] = e;
    sum += e;
  }
  sum = sum_of_group(sum, shared);
#if SINKS
  sum += exp(sinks[sinks0 + h] - largest);
#endif
  for (int k = first; k < tk; k += GROUP) {
    if (k < from || k > last) {
      at[k] = 0;
    }
  }
  for (int k = from + first; k <= last; k += GROUP) {
    at[k] = at[k] / sum;
  }
#if SPLITS
  for (long id = get_global_id(0); id < moved; id += get_global_size(0)) {
    move(id, heads, head_width, capacity, place, side_by_side + side_by_side0, by_head + by_head0);
  }
#endif
}
