// Looks for numbers that are none. PARTS: in how many tensors, each with a flag of its own.
#if PARTS == 2
#define SECOND                                                                                     \
  , global const float *x1, long x1_first, global float *flags1, long flag1, long n1
#else
#define SECOND
#endif

kernel void all_finite(global const float *x, long x0, global float *flags, long flag,
                       long n SECOND) {
  look(x + x0, n, flags + flag);
#if PARTS == 2
  look(x1 + x1_first, n1, flags1 + flag1);
#endif
}
