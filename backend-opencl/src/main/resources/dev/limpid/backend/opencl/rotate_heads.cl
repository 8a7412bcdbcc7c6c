// Rotates pairs of every head of x [T, heads * head_width] in place; an item for each pair. PARTS: of
// how many tensors, all by the same angles.
#if PARTS == 2
#define SECOND , global float *x1, long x1_first, int heads1, long n1
#else
#define SECOND
#endif

kernel void rotate_heads(global const float *c, long c0, global const float *s, long s0,
                         int head_width, int pairs, global float *x, long x0, int heads,
                         long n SECOND) {
  long id = get_global_id(0);
#if PARTS == 2
  if (id >= n) {
    id -= n;
    x = x1;
    x0 = x1_first;
    heads = heads1;
    n = n1;
  }
#endif
  if (id >= n) {
    return;
  }
  int i = id % pairs;
  long head = id / pairs;
  long t = head / heads;
  long at = x0 + head * head_width + i;
  float a = x[at];
  float b = x[at + pairs];
  float cosine = c[c0 + t * pairs + i];
  float sine = s[s0 + t * pairs + i];
  x[at] = a * cosine - b * sine;
  x[at + pairs] = b * cosine + a * sine;
}
