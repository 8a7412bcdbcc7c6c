// out[t] = table[ids[t]]; SCALED: times a factor, of which there are as many behind the ids.
kernel void embed(global const float *table, long table0, global const int *ids, long ids0, int rows,
                  global float *out, long out0, int width, long n) {
  long i = get_global_id(0);
  if (i < n) {
    long t = i / width;
    float x = table[table0 + (long)ids[ids0 + t] * width + i % width];
#ifdef SCALED
    x *= as_float(ids[ids0 + rows + t]);
#endif
    out[out0 + i] = x;
  }
}
