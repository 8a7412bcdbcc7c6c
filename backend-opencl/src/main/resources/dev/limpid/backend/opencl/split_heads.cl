// out[h, first + t] = x[t, h]: x [T, heads * width], out [heads, capacity, width]. PARTS: of how many
// x, all of one shape.
#if PARTS == 2
#define SECOND , global const float *x1, long x1_first, global float *out1, long out1_first
#else
#define SECOND
#endif

kernel void split_heads(int heads, int width, int capacity, int first, long n,
                        global const float *x, long x0, global float *out, long out0 SECOND) {
  long id = get_global_id(0);
#if PARTS == 2
  if (id >= n) {
    id -= n;
    x = x1;
    x0 = x1_first;
    out = out1;
    out0 = out1_first;
  }
#endif
  if (id >= n) {
    return;
  }
  move(id, heads, width, capacity, first, x + x0, out + out0);
}
