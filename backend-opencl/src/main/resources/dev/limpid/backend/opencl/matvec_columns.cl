// c(m, n) = bias(n) + sum over k of a(m, k) b(k, n) for a few rows m, where b lies column beside
// column: COLUMNS of them for a group, each summed by ROWS items. MOST: as in matvec_rows.
#define GROUPS_OF(n) (((n) + COLUMNS - 1) / COLUMNS)
#define SET_STRIDE(s) b_row = s

kernel __attribute__((reqd_work_group_size(COLUMNS, ROWS, 1))) void
matvec_columns(global const float *a, long a0, global const STORED *b, long b0,
               long pairs, int b_row,
               global const float *bias, long bias0, int has_bias, global float *c, long c0, int m,
               int n, int k WEIGHTS) {
  local float shared[ROWS][COLUMNS];
  int x = get_local_id(0);
  int y = get_local_id(1);
  int group = get_group_id(0);
  CHOOSE_WEIGHT
  int column = group * COLUMNS + x;
  float sum[MOST];
  for (int i = 0; i < MOST; i++) {
    sum[i] = 0;
  }
  for (int j = y; j < k && column < n; j += ROWS) {
    float w = LOAD(b, b0 + (long)j * b_row + column);
    for (int i = 0; i < MOST; i++) {
      if (i < m) {
        sum[i] = fma(a[a0 + (long)i * k + j], w, sum[i]);
      }
    }
  }
  for (int i = 0; i < MOST; i++) {
    shared[y][x] = sum[i];
    barrier(CLK_LOCAL_MEM_FENCE);
    if (y == 0 && i < m && column < n) {
      float total = 0;
      for (int r = 0; r < ROWS; r++) {
        total += shared[r][x];
      }
      c[c0 + (long)i * n + column] = has_bias ? total + bias[bias0 + column] : total;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}
