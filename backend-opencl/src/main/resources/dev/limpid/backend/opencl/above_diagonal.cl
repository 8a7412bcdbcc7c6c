// Writes 0 to what queries do not see: x [heads, tq, tk] at k > q + tk - tq
kernel void above_diagonal(global float *x, long x0, int tq, int tk, long n) {
  long i = get_global_id(0);
  if (i < n && i % tk > i / tk % tq + tk - tq) {
    x[x0 + i] = 0;
  }
}
