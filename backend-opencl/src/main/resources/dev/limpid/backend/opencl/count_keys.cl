// counts[q] = how many keys of query q is_strong takes, a group for each q; counts are ints
kernel void count_keys(global const float *terms, long terms0, int heads, float threshold,
                       global int *counts, long counts0) {
  local float shared[GROUP];
  int q = get_group_id(0);
  int first = get_local_id(0);
  // Exact: there are fewer than 2^24 keys.
  float count = 0;
  for (int k = first; k <= q; k += GROUP) {
    count += is_strong(terms + terms0, heads, threshold, q, k);
  }
  count = sum_of_group(count, shared);
  if (first == 0) {
    counts[counts0 + q] = count;
  }
}
