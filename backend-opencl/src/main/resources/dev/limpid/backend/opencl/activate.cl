// out = f(x), f by its name; TIMES: f(x) * times
float f(float x) {
#if defined(RELU)
  return fmax(x, 0.0f);
#elif defined(RELU_SQUARED)
  return fmax(x, 0.0f) * fmax(x, 0.0f);
#elif defined(GELU_ERF)
  return 0.5f * x * erfc(x * -0.70710678118654752f);
#elif defined(GELU_TANH)
  return x / (1.0f + exp(-1.5957691216057308f * (x + 0.044715f * x * x * x)));
#elif defined(QUICK_GELU)
  return x / (1.0f + exp(-1.702f * x));
#else // SILU
  return x / (1.0f + exp(-x));
#endif
}

kernel void activate(global const float *x, long x0, global const float *times, long times0,
                     global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    float y = f(x[x0 + i]);
#ifdef TIMES
    y *= times[times0 + i];
#endif
    out[out0 + i] = y;
  }
}
