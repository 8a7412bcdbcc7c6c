// Writes the keys that is_strong takes side by side, those of query 0 first: of each its place, an int,
// and its terms. A group for each query, whose items look at a stretch of keys each.
kernel void gather_keys(global const float *terms, long terms0, int heads, float threshold,
                        global const int *counts, long counts0, global float *out, long out0) {
  local int found[GROUP];
  local int before[GROUP];
  int q = get_group_id(0);
  int item = get_local_id(0);
  int each = (q + GROUP) / GROUP;
  int from = item * each;
  int to = min(q + 1, from + each);
  int mine = 0;
  for (int k = from; k < to; k++) {
    mine += is_strong(terms + terms0, heads, threshold, q, k);
  }
  int earlier = 0;
  for (int t = item; t < q; t += GROUP) {
    earlier += counts[counts0 + t];
  }
  found[item] = mine;
  before[item] = earlier;
  barrier(CLK_LOCAL_MEM_FENCE);
  long at = 0;
  for (int i = 0; i < GROUP; i++) {
    at += before[i] + (i < item ? found[i] : 0);
  }
  long pairs = (long)get_num_groups(0) * (get_num_groups(0) + 1) / 2;
  for (int k = from; k < to; k++) {
    if (is_strong(terms + terms0, heads, threshold, q, k)) {
      global float *entry = out + out0 + at * (1 + heads);
      *(global int *)entry = k;
      for (int h = 0; h < heads; h++) {
        entry[1 + h] = terms[terms0 + h * pairs + (long)q * (q + 1) / 2 + k];
      }
      at++;
    }
  }
}
