// out = x / r * gain, r = sqrt(mean(x^2) + epsilon), a group for each row.
// ADDS: x = a + b is written first. WRITES: whether out is; SCALES: whether 1 / r is.
kernel void rms_norm(X_OR_SUM, global const float *gain, long gain0, global const float *bias,
                     long bias0, float epsilon, global float *out, long out0, global float *scales,
                     long scales0, int width) {
  local float shared[GROUP];
  long row = (long)get_group_id(0) * width;
  int first = get_local_id(0);
  WRITE_ROW
  float squares = 0;
  for (int i = first; i < width; i += GROUP) {
    squares = fma(x[x0 + row + i], x[x0 + row + i], squares);
  }
  float r = sqrt(sum_of_group(squares, shared) / width + epsilon);
  WRITE_SCALE(r)
#if WRITES
  for (int i = first; i < width; i += GROUP) {
    out[out0 + row + i] = x[x0 + row + i] / r * gain[gain0 + i];
  }
#endif
}
