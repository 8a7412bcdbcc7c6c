// Makes shares of the proximities of the parts of whole[t], a group for each t: terms [heads,
// T (T + 1) / 2] at the pairs of t, and up to eight others [T]. Where the positive ones sum to
// `limit` times |whole[t]|_1 or less, all become 0 and cancelling[t] 1.
kernel void normalise_parts(global float *terms, long terms0, int heads, global const float *whole,
                            long whole0, int width, float floor, float limit,
                            global float *cancelling, long cancelling0, int others,
                            global float *p0, long o0, global float *p1, long o1, global float *p2,
                            long o2, global float *p3, long o3, global float *p4, long o4,
                            global float *p5, long o5, global float *p6, long o6, global float *p7,
                            long o7) {
  local float shared[GROUP];
  int t = get_group_id(0);
  int n = get_num_groups(0);
  int first = get_local_id(0);
  long pairs = (long)n * (n + 1) / 2;
  global float *row = terms + terms0 + (long)t * (t + 1) / 2;
  float norm = 0;
  for (int i = first; i < width; i += GROUP) {
    norm += fabs(whole[whole0 + (long)t * width + i]);
  }
  norm = sum_of_group(norm, shared);
  float positive = 0;
  float sum = 0;
  for (int h = 0; h < heads; h++) {
    for (int k = first; k <= t; k += GROUP) {
      positive += fmax(row[h * pairs + k], 0.0f);
      sum += fmax(row[h * pairs + k], floor);
    }
  }
  positive = sum_of_group(positive, shared);
  sum = sum_of_group(sum, shared);
  // Each by itself: OpenCL C 1.2 has no arrays of global pointers in private memory that every
  // compiler can follow.
#define ADD(j)                                                                                     \
  if (others > j) {                                                                                \
    positive += fmax(p##j[o##j + t], 0.0f);                                                        \
    sum += fmax(p##j[o##j + t], floor);                                                            \
  }
  ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7)
  int cancel = positive <= limit * norm;
  for (int h = 0; h < heads; h++) {
    for (int k = first; k <= t; k += GROUP) {
      float share = fmax(row[h * pairs + k], floor) / sum;
      row[h * pairs + k] = cancel ? 0.0f : share;
    }
  }
  barrier(CLK_GLOBAL_MEM_FENCE);
  if (first == 0) {
    cancelling[cancelling0 + t] = cancel;
#define SHARE(j)                                                                                   \
  if (others > j) {                                                                                \
    float share = fmax(p##j[o##j + t], floor) / sum;                                               \
    p##j[o##j + t] = cancel ? 0.0f : share;                                                        \
  }
    SHARE(0) SHARE(1) SHARE(2) SHARE(3) SHARE(4) SHARE(5) SHARE(6) SHARE(7)
  }
}
