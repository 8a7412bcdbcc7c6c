// Rotates pairs of every head of x [T, heads * head_width] in place; an item for each pair.
kernel void rotate_heads(global float *x, long x0, global const float *c, long c0,
                         global const float *s, long s0, int heads, int head_width, int pairs,
                         long n) {
  long id = get_global_id(0);
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
