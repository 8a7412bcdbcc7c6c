// c(m, n) = bias(n) + sum over k of a(m, k) b(k, n), for every batch; strides say where elements
// lie. A group computes a tile: ROWS x COLUMNS items of BLOCK_ROWS x BLOCK_COLUMNS elements, and
// sums DEPTH products between two visits to global memory. Each element is summed by one item, of
// every DEPTH products first and then of these sums: long chains would lose digits. TYPE: that of b.
//
// What of a causal pattern is known to be 0, queries being the last of the positions:
// RESULT_IS_PATTERN: what lies above its diagonal is not computed;
// LEFT_IS_PATTERN: sums end at the diagonal; LEFT_IS_TURNED_PATTERN: they begin there.
#define HEIGHT (ROWS * BLOCK_ROWS)
#define WIDTH (COLUMNS * BLOCK_COLUMNS)
#define ITEMS (ROWS * COLUMNS)
#define GROUPS_OF(n) (((n) + WIDTH - 1) / WIDTH)
#define SET_STRIDE(s)                                                                              \
  if (b_column == 1) {                                                                             \
    b_row = s;                                                                                     \
  } else {                                                                                         \
    b_column = s;                                                                                  \
  }

kernel __attribute__((reqd_work_group_size(COLUMNS, ROWS, 1))) void
matmul(global const float *a, long a0, int a_row, int a_column, long a_batch, int a_group,
       global const STORED *b, long b0, long pairs, int b_row, int b_column, long b_batch,
       int b_group, global const float *bias, long bias0, int has_bias, global float *c, long c0, int c_row,
       long c_batch, int accumulate, int m, int n, int k, int shift WEIGHTS) {
  local float as[DEPTH][HEIGHT + 1];
  local float bs[DEPTH][WIDTH + 1];
  int group = get_group_id(0);
  CHOOSE_WEIGHT
#if PARTS > 1
  c_row = n;
#endif
  int n0 = group * WIDTH;
  int m0 = get_group_id(1) * HEIGHT;
  int batch = get_group_id(2);
#ifdef RESULT_IS_PATTERN
  if (n0 > m0 + HEIGHT - 1 + shift) {
    return;
  }
#endif
  int from = 0;
  int to = k;
#if defined(LEFT_IS_PATTERN)
  to = min(k, m0 + HEIGHT + shift);
#elif defined(LEFT_IS_TURNED_PATTERN)
  from = max(0, m0 - shift);
#endif
  int x = get_local_id(0);
  int y = get_local_id(1);
  int item = y * COLUMNS + x;
  global const float *a_at = a + a0 + batch / a_group * a_batch;
  global const STORED *b_at = b;
  long b_first = b0 + batch / b_group * b_batch;
  float sum[BLOCK_ROWS][BLOCK_COLUMNS];
  for (int i = 0; i < BLOCK_ROWS; i++) {
    for (int j = 0; j < BLOCK_COLUMNS; j++) {
      sum[i][j] = 0;
    }
  }
  for (int k0 = from; k0 < to; k0 += DEPTH) {
    for (int e = item; e < HEIGHT * DEPTH; e += ITEMS) {
      int kk = a_column == 1 ? e % DEPTH : e / HEIGHT;
      int mm = a_column == 1 ? e / DEPTH : e % HEIGHT;
      as[kk][mm] = k0 + kk < to && m0 + mm < m
                       ? a_at[(long)(m0 + mm) * a_row + (long)(k0 + kk) * a_column]
                       : 0.0f;
    }
    for (int e = item; e < WIDTH * DEPTH; e += ITEMS) {
      int kk = b_row == 1 ? e % DEPTH : e / WIDTH;
      int nn = b_row == 1 ? e / DEPTH : e % WIDTH;
      bs[kk][nn] =
          k0 + kk < to && n0 + nn < n
              ? LOAD(b_at, b_first + (long)(k0 + kk) * b_row + (long)(n0 + nn) * b_column)
              : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    float part[BLOCK_ROWS][BLOCK_COLUMNS];
    for (int i = 0; i < BLOCK_ROWS; i++) {
      for (int j = 0; j < BLOCK_COLUMNS; j++) {
        part[i][j] = 0;
      }
    }
    for (int kk = 0; kk < DEPTH; kk++) {
      float bj[BLOCK_COLUMNS];
      for (int j = 0; j < BLOCK_COLUMNS; j++) {
        bj[j] = bs[kk][x + j * COLUMNS];
      }
      for (int i = 0; i < BLOCK_ROWS; i++) {
        float ai = as[kk][y + i * ROWS];
        for (int j = 0; j < BLOCK_COLUMNS; j++) {
          part[i][j] = fma(ai, bj[j], part[i][j]);
        }
      }
    }
    for (int i = 0; i < BLOCK_ROWS; i++) {
      for (int j = 0; j < BLOCK_COLUMNS; j++) {
        sum[i][j] += part[i][j];
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < BLOCK_ROWS; i++) {
    for (int j = 0; j < BLOCK_COLUMNS; j++) {
      int row = m0 + y + i * ROWS;
      int column = n0 + x + j * COLUMNS;
      if (row < m && column < n) {
        long at = c0 + batch * c_batch + (long)row * c_row + column;
        float s = sum[i][j];
        if (has_bias) {
          s += bias[bias0 + column];
        }
        c[at] = accumulate ? c[at] + s : s;
      }
    }
  }
}
