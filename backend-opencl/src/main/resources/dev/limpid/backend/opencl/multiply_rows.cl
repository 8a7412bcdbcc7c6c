// out[t] = x[t] * factors, row by row
kernel void multiply_rows(global const float *x, long x0, global const float *factors, long factors0,
                          int width, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = x[x0 + i] * factors[factors0 + i % width];
  }
}
