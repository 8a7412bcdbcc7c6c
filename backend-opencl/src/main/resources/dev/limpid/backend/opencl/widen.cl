// out = x as floats.
kernel void widen(global const STORED *x, long x0, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = LOAD(x, x0 + i);
  }
}
