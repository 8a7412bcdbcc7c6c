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
