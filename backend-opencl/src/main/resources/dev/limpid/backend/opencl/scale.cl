// out = factor * a
kernel void scale(global const float *a, long a0, float factor, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = factor * a[a0 + i];
  }
}
