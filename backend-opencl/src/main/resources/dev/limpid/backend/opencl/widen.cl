// out = x as floats. TYPE: 1 for F16, 2 for BF16
#if TYPE == 1
#define STORED half
#define LOAD(p, i) vload_half(i, p)
#else
#define STORED ushort
#define LOAD(p, i) as_float((uint)(p)[i] << 16)
#endif

kernel void widen(global const STORED *x, long x0, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = LOAD(x, x0 + i);
  }
}
