// Norms of rows, a group for each:
//   out = (x - mean) / sigma * gain + bias, sigma = sqrt(mean of (x - mean)^2 + epsilon)
// CENTRED: whether there is a mean, else it is 0; scales = 1 / sigma. PAIR: of the rows of two
// tensors, side by side. Or one after the other, where a row needs nothing of others:
// BEFORE: a norm, 1; ADDS: a sum, whose b may be what it writes; BEHIND: another norm, 0, of that.

// gains: of how many rows that follow one another each has a gain of its own; 0 without gains.
#define NORM(i)                                                                                    \
  , global const float *x##i, long x_first##i, global const float *gain##i, long gain_first##i,    \
      int gains##i, global const float *bias##i, long bias_first##i, int has_bias##i,              \
      float epsilon##i, global float *out##i, long out_first##i, int has_out##i,                   \
      global float *scales##i, long scales_first##i, int has_scales##i
#define NORM_ROW(i, row)                                                                           \
  norm_row(row, width, x##i + x_first##i, gain##i + gain_first##i, gains##i,                       \
           bias##i + bias_first##i, has_bias##i, epsilon##i, out##i + out_first##i, has_out##i,    \
           scales##i + scales_first##i, has_scales##i, shared);

#if PAIR
#define NORMS NORM(0) NORM(1), long rows, int width1
#else
#if BEFORE
#define NORM_BEFORE NORM(1)
#else
#define NORM_BEFORE
#endif
#if ADDS
#define SUM_BETWEEN , SUM
#else
#define SUM_BETWEEN
#endif
#if BEHIND
#define NORM_BEHIND NORM(0)
#else
#define NORM_BEHIND
#endif
#define NORMS NORM_BEFORE SUM_BETWEEN NORM_BEHIND
#endif

inline void norm_row(long row, int width, global const float *x, global const float *gain,
                     int gains, global const float *bias, int has_bias, float epsilon,
                     global float *out, int has_out, global float *scales, int has_scales,
                     local float *shared) {
  long at = row * width;
  int first = get_local_id(0);
  float mean = 0;
#if CENTRED
  float sum = 0;
  for (int i = first; i < width; i += GROUP) {
    sum += x[at + i];
  }
  mean = sum_of_group(sum, shared) / width;
#endif
  float squares = 0;
  for (int i = first; i < width; i += GROUP) {
    float d = x[at + i] - mean;
    squares = fma(d, d, squares);
  }
  float sigma = sqrt(sum_of_group(squares, shared) / width + epsilon);
  if (has_scales && first == 0) {
    scales[row] = 1 / sigma;
  }
  if (gains > 1) {
    gain += row % gains * width;
  }
  for (int i = first; has_out && i < width; i += GROUP) {
    float y = (x[at + i] - mean) / sigma;
    if (gains) {
      y *= gain[i];
    }
    if (has_bias) {
      y += bias[i];
    }
    out[at + i] = y;
  }
}

kernel void norm(int width NORMS LOOK_ARGS LOOK_BESIDE_ARGS) {
  local float shared[GROUP];
  long row = get_group_id(0);
#if PAIR
  if (row >= rows) {
    row -= rows;
    width = width1;
    x0 = x1;
    x_first0 = x_first1;
    gain0 = gain1;
    gain_first0 = gain_first1;
    gains0 = gains1;
    bias0 = bias1;
    bias_first0 = bias_first1;
    has_bias0 = has_bias1;
    epsilon0 = epsilon1;
    out0 = out1;
    out_first0 = out_first1;
    has_out0 = has_out1;
    scales0 = scales1;
    scales_first0 = scales_first1;
    has_scales0 = has_scales1;
  }
  NORM_ROW(0, row)
#else
#if BEFORE
  NORM_ROW(1, row)
#endif
#if ADDS
  for (int i = get_local_id(0); i < width; i += GROUP) {
    WRITE_SUM(row * width + i)
  }
#endif
#if BEHIND
  NORM_ROW(0, row)
#endif
#endif
#if LOOKS & 1
  for (int i = get_local_id(0); i < width; i += GROUP) {
    LOOK_AT(row * width + i)
  }
#endif
  LOOK_BESIDE
}
