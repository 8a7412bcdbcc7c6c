// out = a - b
kernel void subtract(global const float *a, long a0, global const float *b, long b0, global float *out,
               long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = a[a0 + i] - b[b0 + i];
  }
}
