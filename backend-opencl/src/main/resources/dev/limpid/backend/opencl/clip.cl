// out = x cut off at -limit and limit; what is no number stays none. PARTS: of how many tensors.
#define PART(i)                                                                                    \
  , global const float *x##i, long x_first##i, global float *out##i, long out_first##i, long n##i
#define NEXT_PART(i)                                                                               \
  if (id >= n) {                                                                                   \
    id -= n;                                                                                       \
    x = x##i;                                                                                      \
    x0 = x_first##i;                                                                               \
    out = out##i;                                                                                  \
    out0 = out_first##i;                                                                           \
    n = n##i;                                                                                      \
  }
#if PARTS == 3
#define FURTHER PART(1) PART(2)
#define CHOOSE NEXT_PART(1) NEXT_PART(2)
#elif PARTS == 2
#define FURTHER PART(1)
#define CHOOSE NEXT_PART(1)
#else
#define FURTHER
#define CHOOSE
#endif

kernel void clip(float limit, global const float *x, long x0, global float *out, long out0,
                 long n FURTHER) {
  long id = get_global_id(0);
  CHOOSE
  if (id < n) {
    out[out0 + id] = CUT(x[x0 + id], limit);
  }
}
