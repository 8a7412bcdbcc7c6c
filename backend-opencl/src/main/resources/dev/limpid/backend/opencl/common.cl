// In front of every kernel. GROUP: the work items of a group that sums a row, a power of two.
#pragma OPENCL FP_CONTRACT OFF


// Sums what every item of a group has; the order is fixed. All items get the sum.
inline float sum_of_group(float x, local float *shared) {
  int i = get_local_id(0);
  shared[i] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int n = GROUP / 2; n > 0; n /= 2) {
    if (i < n) {
      shared[i] += shared[i + n];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  float sum = shared[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum;
}

inline float largest_of_group(float x, local float *shared) {
  int i = get_local_id(0);
  shared[i] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int n = GROUP / 2; n > 0; n /= 2) {
    if (i < n) {
      shared[i] = fmax(shared[i], shared[i + n]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  float largest = shared[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return largest;
}

// TYPE: how elements of weights are stored. 0 F32, 1 F16, 2 BF16; 3 quantised: a number of a byte
// for each, and, `pairs` bytes behind the first, for every PART of them a scale and a minimum.
#ifdef TYPE
#if TYPE == 0
#define STORED float
#define LOAD(p, i) (p)[i]
#elif TYPE == 1
#define STORED half
#define LOAD(p, i) vload_half(i, p)
#elif TYPE == 2
#define STORED ushort
#define LOAD(p, i) as_float((uint)(p)[i] << 16)
#else
#define STORED char
#define LOAD(p, i) quantised(p, i, pairs)

inline float quantised(global const char *p, long i, long pairs) {
  float2 scale = ((global const float2 *)(p + pairs))[i / PART];
  return scale.x * p[i] - scale.y;
}
#endif
#endif
