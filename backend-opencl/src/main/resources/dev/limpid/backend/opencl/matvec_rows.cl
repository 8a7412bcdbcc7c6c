// c(m, n) = bias(n) + sum over k of a(m, k) b(n, k) for a few rows m, where b lies row by row: a
// group for each n, whose items share the sum. MOST: rows at a time. TYPE: that of b.
#define GROUPS_OF(n) (n)
#define SET_STRIDE(s) b_row = s

kernel void matvec_rows(global const float *a, long a0, global const STORED *b, long b0,
                        long pairs, int b_row,
                        global const float *bias, long bias0, int has_bias, global float *c,
                        long c0, int m, int n, int k WEIGHTS) {
  local float shared[GROUP];
  int group = get_group_id(0);
  CHOOSE_WEIGHT
  int column = group;
  long row = b0 + (long)column * b_row;
  float sum[MOST];
  for (int i = 0; i < MOST; i++) {
    sum[i] = 0;
  }
  for (int j = get_local_id(0); j < k; j += GROUP) {
    float w = LOAD(b, row + j);
    for (int i = 0; i < MOST; i++) {
      if (i < m) {
        sum[i] = fma(a[a0 + (long)i * k + j], w, sum[i]);
      }
    }
  }
  for (int i = 0; i < MOST; i++) {
    float total = sum_of_group(sum[i], shared);
    if (i < m && get_local_id(0) == 0) {
      c[c0 + (long)i * n + column] = has_bias ? total + bias[bias0 + column] : total;
    }
  }
}
