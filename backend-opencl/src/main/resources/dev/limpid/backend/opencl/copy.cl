// out = x
kernel void copy(global const float *x, long x0, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = x[x0 + i];
  }
}
