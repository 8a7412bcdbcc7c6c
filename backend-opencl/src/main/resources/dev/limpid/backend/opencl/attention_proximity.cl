// out[h, pair(q, k)] = max(0, |y|_1 - |y - z|_1), y = whole[q], z = pattern[h, q, k] * terms[h, k].
// A group has SIDE x SIDE items with BLOCK x BLOCK pairs each, and goes through the components
// DEPTH at a time; tiles above the diagonal have nothing to do. Of every component, |y| - |y - z|
// is min(s, 2 |y| - s), s = z with the sign of y taken out: without the rounding of a difference.
#define TILE (SIDE * BLOCK)

kernel __attribute__((reqd_work_group_size(SIDE, SIDE, 1))) void
attention_proximity(global const float *pattern, long pattern0, global const float *terms,
                    long terms0, global const float *whole, long whole0, global float *out,
                    long out0, int positions, int width) {
  local float ys[DEPTH][TILE + 1];
  local float us[DEPTH][TILE + 1];
  int k0 = get_group_id(0) * TILE;
  int q0 = get_group_id(1) * TILE;
  int h = get_group_id(2);
  if (k0 > q0 + TILE - 1) {
    return;
  }
  int x = get_local_id(0);
  int y = get_local_id(1);
  int item = y * SIDE + x;
  global const float *u = terms + terms0 + (long)h * positions * width;
  float a[BLOCK][BLOCK];
  float sum[BLOCK][BLOCK];
  for (int i = 0; i < BLOCK; i++) {
    for (int j = 0; j < BLOCK; j++) {
      int q = q0 + y + i * SIDE;
      int k = k0 + x + j * SIDE;
      sum[i][j] = 0;
      a[i][j] = q < positions && k <= q
                    ? pattern[pattern0 + ((long)h * positions + q) * positions + k]
                    : 0.0f;
    }
  }
  for (int c = 0; c < width; c += DEPTH) {
    for (int e = item; e < TILE * DEPTH; e += SIDE * SIDE) {
      int d = e % DEPTH;
      int t = e / DEPTH;
      int there = c + d < width;
      ys[d][t] = there && q0 + t < positions ? whole[whole0 + (long)(q0 + t) * width + c + d] : 0;
      us[d][t] = there && k0 + t < positions ? u[(long)(k0 + t) * width + c + d] : 0;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = 0; d < DEPTH; d++) {
      float uj[BLOCK];
      for (int j = 0; j < BLOCK; j++) {
        uj[j] = us[d][x + j * SIDE];
      }
      for (int i = 0; i < BLOCK; i++) {
        float yi = ys[d][y + i * SIDE];
        uint sign = as_uint(yi) & 0x80000000;
        float twice = 2 * fabs(yi);
        for (int j = 0; j < BLOCK; j++) {
          float s = a[i][j] * as_float(as_uint(uj[j]) ^ sign);
          sum[i][j] += fmin(s, twice - s);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < BLOCK; i++) {
    for (int j = 0; j < BLOCK; j++) {
      int q = q0 + y + i * SIDE;
      int k = k0 + x + j * SIDE;
      if (q < positions && k <= q) {
        long pairs = (long)positions * (positions + 1) / 2;
        out[out0 + h * pairs + (long)q * (q + 1) / 2 + k] = fmax(sum[i][j], 0.0f);
      }
    }
  }
}
