// c(m, n) = bias(n) + sum over k of a(m, k) b(k, n), for every batch; strides say where elements
// lie. A group computes a tile: ROWS x COLUMNS items of BLOCK_ROWS x BLOCK_COLUMNS elements, and
// sums DEPTH products between two visits to global memory. Each element is summed by one item, of
// every CHAIN products first and then of these sums: long chains would lose digits. TYPE: that of b.
//
// What of a causal pattern is known to be 0, queries being the last of the positions:
// RESULT_IS_PATTERN: what lies above its diagonal is not computed;
// LEFT_IS_PATTERN: sums end at the diagonal; LEFT_IS_TURNED_PATTERN: they begin there.
//
// SPLIT: products by tensor cores (1), or by what computes as they do (0), for which every number is
// one of 11 bits and another of the 11 bits behind them. The arguments are the same.
#define HEIGHT (ROWS * BLOCK_ROWS)
#define WIDTH (COLUMNS * BLOCK_COLUMNS)
#define ITEMS (ROWS * COLUMNS)
#define GROUPS_OF(n) (((n) + WIDTH - 1) / WIDTH)
// So that what their counters choose is in registers; not where loops wait for other items.
#if defined(SPLIT) && SPLIT == 0
#define UNROLL
#else
#define UNROLL _Pragma("unroll")
#endif
#define SET_STRIDE(s)                                                                              \
  if (b_column == 1) {                                                                             \
    b_row = s;                                                                                     \
  } else {                                                                                         \
    b_column = s;                                                                                  \
  }

#ifdef SPLIT
// A warp of 32 items multiplies [16, 8] by [8, 8]. This is how the tensor cores of NVIDIA's PTX
// (mma.m16n8k8, tf32) spread matrices over it, so that an item has two rows and two columns of each.
#define WARPS_ACROSS (COLUMNS / 4)
#define ROWS_OF_WARP(warp) ((warp) / WARPS_ACROSS * 8 * BLOCK_ROWS)
#define COLUMNS_OF_WARP(warp) ((warp) % WARPS_ACROSS * 4 * BLOCK_COLUMNS)
#define ROW_OF(i) (ROWS_OF_WARP(item / 32) + (i) / 2 * 16 + (i) % 2 * 8 + item % 32 / 4)
#define COLUMN_OF(j) (COLUMNS_OF_WARP(item / 32) + (j) / 2 * 8 + item % 4 * 2 + (j) % 2)
#define TILE(name, width) local float name[width][DEPTH + 4]
#define AT(name, k, i) name[i][k]
// Tensor cores cut digits off their sums: none is of more products than one instruction adds up.
#define CHAIN 8
// Weights of 16 bits have no second part.
#define HAS_REST (TYPE == 0 || TYPE == 3)

#if SPLIT == 1
#define EXCHANGED

inline uint leading(float x) {
  uint bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
  return bits;
}

// d += a b; d: two numbers of a row, and two of the row eight below.
inline void add_product(float *d, float *below, const uint *a, const uint *b) {
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
               "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(below[0]), "+f"(below[1])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#else
#define EXCHANGED , exchange

// Rounded to 11 bits, halves away from zero; what is no number stays none.
inline uint leading(float x) {
  uint bits = as_uint(x);
  return (bits & 0x7f800000) == 0x7f800000 ? bits : (bits + 0x1000) & 0xffffe000;
}

// The sum, rounded towards zero, as tensor cores do.
inline float cut_sum(float a, float b) {
  float sum = a + b;
  float of_b = sum - a;
  float lost = (a - (sum - of_b)) + (b - of_b);
  return fabs(lost) > 0 && (lost > 0) != (sum > 0) ? as_float(as_uint(sum) - 1) : sum;
}

inline void add_product(float *d, float *below, const uint *a, const uint *b,
                        local uint *exchange) {
  int lane = (get_local_id(1) * COLUMNS + get_local_id(0)) % 32;
  for (int r = 0; r < 4; r++) {
    exchange[r * 32 + lane] = a[r];
  }
  for (int r = 0; r < 2; r++) {
    exchange[(4 + r) * 32 + lane] = b[r];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int e = 0; e < 4; e++) {
    int row = lane / 4;
    int column = lane % 4 * 2 + e % 2;
    float sum = e < 2 ? d[e] : below[e - 2];
    for (int k = 0; k < 8; k++) {
      uint left = exchange[(e / 2 + k / 4 * 2) * 32 + row * 4 + k % 4];
      uint right = exchange[(4 + k / 4) * 32 + column * 4 + k % 4];
      // The bits behind the eleventh are not looked at.
      sum = cut_sum(sum, as_float(left & 0xffffe000) * as_float(right & 0xffffe000));
    }
    if (e < 2) {
      d[e] = sum;
    } else {
      below[e - 2] = sum;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
}
#endif

inline void split(float x, uint *first, uint *rest) {
  *first = leading(x);
  *rest = leading(x - as_float(*first));
}
#else
#define ROW_OF(i) (y + (i) * ROWS)
#define COLUMN_OF(j) (x + (j) * COLUMNS)
#define TILE(name, width) local float name[DEPTH][(width) + 1]
#define AT(name, k, i) name[k][i]
#define CHAIN DEPTH
#endif

kernel __attribute__((reqd_work_group_size(COLUMNS, ROWS, 1))) void
matmul(global const float *a, long a0, int a_row, int a_column, long a_batch, int a_group,
       global const STORED *b, long b0, long pairs, int b_row, int b_column, long b_batch,
       int b_group, global const float *bias, long bias0, int has_bias, global float *c, long c0, int c_row,
       long c_batch, int accumulate, int m, int n, int k, int shift WEIGHTS) {
  TILE(as, HEIGHT);
  TILE(bs, WIDTH);
#if defined(SPLIT) && SPLIT == 0
  local uint exchanges[ITEMS * 6];
#endif
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
  UNROLL
  for (int i = 0; i < BLOCK_ROWS; i++) {
    UNROLL
    for (int j = 0; j < BLOCK_COLUMNS; j++) {
      sum[i][j] = 0;
    }
  }
  for (int k0 = from; k0 < to; k0 += DEPTH) {
    for (int e = item; e < HEIGHT * DEPTH; e += ITEMS) {
      int kk = a_column == 1 ? e % DEPTH : e / HEIGHT;
      int mm = a_column == 1 ? e / DEPTH : e % HEIGHT;
      AT(as, kk, mm) = k0 + kk < to && m0 + mm < m
                       ? a_at[(long)(m0 + mm) * a_row + (long)(k0 + kk) * a_column]
                       : 0.0f;
    }
    for (int e = item; e < WIDTH * DEPTH; e += ITEMS) {
      int kk = b_row == 1 ? e % DEPTH : e / WIDTH;
      int nn = b_row == 1 ? e / DEPTH : e % WIDTH;
      AT(bs, kk, nn) =
          k0 + kk < to && n0 + nn < n
              ? LOAD(b_at, b_first + (long)(k0 + kk) * b_row + (long)(n0 + nn) * b_column)
              : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int kk0 = 0; kk0 < DEPTH; kk0 += CHAIN) {
      float part[BLOCK_ROWS][BLOCK_COLUMNS];
      UNROLL
      for (int i = 0; i < BLOCK_ROWS; i++) {
        UNROLL
        for (int j = 0; j < BLOCK_COLUMNS; j++) {
          part[i][j] = 0;
        }
      }
#ifdef SPLIT
      int lane = item % 32;
      int first_row = ROWS_OF_WARP(item / 32) + lane / 4;
      int first_column = COLUMNS_OF_WARP(item / 32) + lane / 4;
#if SPLIT == 0
      local uint *exchange = exchanges + item / 32 * 192;
#endif
      uint b_first[BLOCK_COLUMNS / 2][2];
      uint b_rest[BLOCK_COLUMNS / 2][2];
      UNROLL
      for (int j = 0; j < BLOCK_COLUMNS / 2; j++) {
        UNROLL
        for (int r = 0; r < 2; r++) {
          float bj = AT(bs, kk0 + lane % 4 + r * 4, first_column + j * 8);
          split(bj, &b_first[j][r], &b_rest[j][r]);
        }
      }
      UNROLL
      for (int i = 0; i < BLOCK_ROWS / 2; i++) {
        uint a_first[4];
        uint a_rest[4];
        UNROLL
        for (int r = 0; r < 4; r++) {
          float ai = AT(as, kk0 + lane % 4 + r / 2 * 4, first_row + i * 16 + r % 2 * 8);
          split(ai, &a_first[r], &a_rest[r]);
        }
        UNROLL
        for (int j = 0; j < BLOCK_COLUMNS / 2; j++) {
          float *d = &part[2 * i][2 * j];
          float *below = &part[2 * i + 1][2 * j];
          add_product(d, below, a_rest, b_first[j] EXCHANGED);
          if (HAS_REST) {
            add_product(d, below, a_first, b_rest[j] EXCHANGED);
          }
          add_product(d, below, a_first, b_first[j] EXCHANGED);
        }
      }
#else
      for (int kk = kk0; kk < kk0 + CHAIN; kk++) {
        float bj[BLOCK_COLUMNS];
        UNROLL
        for (int j = 0; j < BLOCK_COLUMNS; j++) {
          bj[j] = bs[kk][x + j * COLUMNS];
        }
        UNROLL
        for (int i = 0; i < BLOCK_ROWS; i++) {
          float ai = as[kk][y + i * ROWS];
          UNROLL
          for (int j = 0; j < BLOCK_COLUMNS; j++) {
            part[i][j] = fma(ai, bj[j], part[i][j]);
          }
        }
      }
#endif
      UNROLL
      for (int i = 0; i < BLOCK_ROWS; i++) {
        UNROLL
        for (int j = 0; j < BLOCK_COLUMNS; j++) {
          sum[i][j] += part[i][j];
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  UNROLL
  for (int i = 0; i < BLOCK_ROWS; i++) {
    UNROLL
    for (int j = 0; j < BLOCK_COLUMNS; j++) {
      int row = m0 + ROW_OF(i);
      int column = n0 + COLUMN_OF(j);
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
