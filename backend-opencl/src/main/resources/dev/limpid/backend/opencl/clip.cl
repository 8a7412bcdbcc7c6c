// out = x cut off at -limit and limit; what is no number stays none.
kernel void clip(global const float *x, long x0, float limit, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = CUT(x[x0 + i], limit);
  }
}
