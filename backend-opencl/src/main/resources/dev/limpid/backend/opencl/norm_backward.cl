// The gradient in x of a norm, a group for each row. CENTRED: of a LayerNorm, else of an RMSNorm;
// FROZEN: whether what it divides by counts as a constant; HAS_GAIN: whether there is a gain.
//   n = (x - mean) / sigma, a = gain * gradient, out = (a - mean(a) - n mean(a n)) / sigma
kernel void norm_backward(global const float *x, long x0, global const float *gain, long gain0,
                          float epsilon, global const float *gradient, long gradient0,
                          global float *out, long out0, int width) {
  local float shared[GROUP];
  long row = (long)get_group_id(0) * width;
  int first = get_local_id(0);
  float mean = 0;
#if CENTRED
  float sum = 0;
  for (int i = first; i < width; i += GROUP) {
    sum += x[x0 + row + i];
  }
  mean = sum_of_group(sum, shared) / width;
#endif
  float squares = 0;
  for (int i = first; i < width; i += GROUP) {
    float d = x[x0 + row + i] - mean;
    squares = fma(d, d, squares);
  }
  float sigma = sqrt(sum_of_group(squares, shared) / width + epsilon);
  float sum_a = 0;
  float sum_an = 0;
  for (int i = first; i < width; i += GROUP) {
    float a = gradient[gradient0 + row + i];
#if HAS_GAIN
    a *= gain[gain0 + i];
#endif
    sum_a += a;
    sum_an = fma(a, (x[x0 + row + i] - mean) / sigma, sum_an);
  }
  float mean_a = CENTRED ? sum_of_group(sum_a, shared) / width : 0.0f;
  float mean_an = FROZEN ? 0.0f : sum_of_group(sum_an, shared) / width;
  for (int i = first; i < width; i += GROUP) {
    float a = gradient[gradient0 + row + i];
#if HAS_GAIN
    a *= gain[gain0 + i];
#endif
    float n = (x[x0 + row + i] - mean) / sigma;
    out[out0 + row + i] = (a - mean_a - n * mean_an) / sigma;
  }
}
