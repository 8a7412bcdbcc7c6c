// out = (x - mean) / sqrt(variance + epsilon) * gain + bias, a group for each row.
// HAS_GAIN, HAS_BIAS: whether they are there. ADDS: x = a + b is written first.
// WRITES: whether out is; SCALES: whether 1 / sqrt(variance + epsilon) is.
kernel void layer_norm(X_OR_SUM, global const float *gain, long gain0,
                       global const float *bias, long bias0, float epsilon, global float *out,
                       long out0, global float *scales, long scales0, int width) {
  local float shared[GROUP];
  long row = (long)get_group_id(0) * width;
  int first = get_local_id(0);
  WRITE_ROW
  float sum = 0;
  for (int i = first; i < width; i += GROUP) {
    sum += x[x0 + row + i];
  }
  float mean = sum_of_group(sum, shared) / width;
  float squares = 0;
  for (int i = first; i < width; i += GROUP) {
    float d = x[x0 + row + i] - mean;
    squares = fma(d, d, squares);
  }
  float sigma = sqrt(sum_of_group(squares, shared) / width + epsilon);
  WRITE_SCALE(sigma)
#if WRITES
  for (int i = first; i < width; i += GROUP) {
    float y = (x[x0 + row + i] - mean) / sigma;
#if HAS_GAIN
    y *= gain[gain0 + i];
#endif
#if HAS_BIAS
    y += bias[bias0 + i];
#endif
    out[out0 + row + i] = y;
  }
#endif
}
