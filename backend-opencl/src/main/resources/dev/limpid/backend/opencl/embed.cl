// out[t] = table[ids[t]]
kernel void embed(global const float *table, long table0, global const int *ids, long ids0,
                  global float *out, long out0, int width, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = table[table0 + (long)ids[ids0 + i / width] * width + i % width];
  }
}
