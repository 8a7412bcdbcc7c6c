// Sets a flag where an element is NaN or infinite: whoever finds one writes the same number.
kernel void all_finite(global const float *x, long x0, global float *flags, long flag, long n) {
  long step = get_global_size(0);
  int bad = 0;
  for (long i = get_global_id(0); i < n; i += step) {
    bad |= !isfinite(x[x0 + i]);
  }
  if (bad) {
    flags[flag] = 1;
  }
}
