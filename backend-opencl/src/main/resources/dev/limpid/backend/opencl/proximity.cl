// out[t] = |y|_1 - |y - z|_1, a group for each row. Of every component, |y| - |y - z| is
// min(s, 2 |y| - s), s = z with the sign of y taken out: without the rounding of a difference.
kernel void proximity(global const float *part, long part0, global const float *whole, long whole0,
                      global float *out, long out0, int width) {
  local float shared[GROUP];
  long row = (long)get_group_id(0) * width;
  float sum = 0;
  for (int i = get_local_id(0); i < width; i += GROUP) {
    float y = whole[whole0 + row + i];
    float s = as_float(as_uint(part[part0 + row + i]) ^ (as_uint(y) & 0x80000000));
    sum += fmin(s, 2 * fabs(y) - s);
  }
  sum = sum_of_group(sum, shared);
  if (get_local_id(0) == 0) {
    out[out0 + get_group_id(0)] = sum;
  }
}
