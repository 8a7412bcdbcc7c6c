// out[h, first + t] = x[t, h]: x [T, heads * width], out [heads, capacity, width]
kernel void split_heads(global const float *x, long x0, global float *out, long out0, int heads,
                        int width, int capacity, int first, long n) {
  long id = get_global_id(0);
  if (id >= n) {
    return;
  }
  int i = id % width;
  int h = id / width % heads;
  long t = id / width / heads;
  out[out0 + ((long)h * capacity + first + t) * width + i] = x[x0 + id];
}
