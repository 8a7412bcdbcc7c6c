// out[t] = sum of others + sum of terms[t, j] over j; OTHERS: of how many others.
kernel void sum_terms(global const float *terms, long terms0, int count, int width,
                      global const float *a, long a0, global const float *b, long b0,
                      global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    float sum = 0;
#if OTHERS > 0
    sum += a[a0 + i];
#endif
#if OTHERS > 1
    sum += b[b0 + i];
#endif
    for (int j = 0; j < count; j++) {
      sum += terms[terms0 + (i / width * count + j) * width + i % width];
    }
    out[out0 + i] = sum;
  }
}
