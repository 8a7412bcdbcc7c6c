// Sets a flag where an element is NaN or infinite: whoever finds one writes the same number. PARTS: in
// how many tensors, each with a flag of its own.
#if PARTS == 2
#define SECOND                                                                                     \
  , global const float *x1, long x1_first, global float *flags1, long flag1, long n1
#else
#define SECOND
#endif

void look(global const float *x, long n, global float *flag) {
  long step = get_global_size(0);
  int bad = 0;
  for (long i = get_global_id(0); i < n; i += step) {
    bad |= !isfinite(x[i]);
  }
  if (bad) {
    *flag = 1;
  }
}

kernel void all_finite(global const float *x, long x0, global float *flags, long flag,
                       long n SECOND) {
  look(x + x0, n, flags + flag);
#if PARTS == 2
  look(x1 + x1_first, n1, flags1 + flag1);
#endif
}
