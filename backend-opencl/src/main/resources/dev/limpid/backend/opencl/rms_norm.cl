// out = x / sqrt(mean(x^2) + epsilon) * gain, a group for each row
kernel void rms_norm(global const float *x, long x0, global const float *gain, long gain0,
                     float epsilon, global float *out, long out0, int width) {
  local float shared[GROUP];
  long row = (long)get_group_id(0) * width;
  int first = get_local_id(0);
  float squares = 0;
  for (int i = first; i < width; i += GROUP) {
    squares = fma(x[x0 + row + i], x[x0 + row + i], squares);
  }
  float r = sqrt(sum_of_group(squares, shared) / width + epsilon);
  for (int i = first; i < width; i += GROUP) {
    out[out0 + row + i] = x[x0 + row + i] / r * gain[gain0 + i];
  }
}
