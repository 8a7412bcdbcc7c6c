// out = scale * pattern * (gradient - sum of pattern * gradient), a group for each row
kernel void softmax_backward(global const float *pattern, long pattern0,
                             global const float *gradient, long gradient0, float scale,
                             global float *out, long out0, int width) {
  local float shared[GROUP];
  long row = (long)get_group_id(0) * width;
  int first = get_local_id(0);
  float sum = 0;
  for (int i = first; i < width; i += GROUP) {
    sum = fma(pattern[pattern0 + row + i], gradient[gradient0 + row + i], sum);
  }
  float mean = sum_of_group(sum, shared);
  for (int i = first; i < width; i += GROUP) {
    out[out0 + row + i] =
        pattern[pattern0 + row + i] * (gradient[gradient0 + row + i] - mean) * scale;
  }
}
