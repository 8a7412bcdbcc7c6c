// out = how steep f is at x. The function is defined by its name; TANGENT: 1 for f'(x), 0 for f(x) / x

float sigmoid(float x) { return 1.0f / (1.0f + exp(-x)); }

float secant(float x) {
#if defined(RELU)
  return x > 0 ? 1.0f : 0.0f;
#elif defined(RELU_SQUARED)
  return fmax(x, 0.0f);
#elif defined(GELU_ERF)
  return 0.5f * erfc(x * -0.70710678118654752f);
#elif defined(GELU_TANH)
  return sigmoid(1.5957691216057308f * (x + 0.044715f * x * x * x));
#elif defined(QUICK_GELU)
  return sigmoid(1.702f * x);
#else
  return sigmoid(x);
#endif
}

// Far out, where the rest of these is 0, x * x must not become infinite.
float tangent(float x) {
  float gate = secant(x);
  float v = clamp(x, -200.0f, 200.0f);
#if defined(RELU)
  return gate;
#elif defined(RELU_SQUARED)
  return 2.0f * gate;
#elif defined(GELU_ERF)
  return gate + v * exp(-0.5f * v * v) * 0.39894228040143268f;
#elif defined(GELU_TANH)
  return gate +
         v * gate * (1.0f - gate) * 1.5957691216057308f * (1.0f + 3.0f * 0.044715f * v * v);
#elif defined(QUICK_GELU)
  return gate + v * gate * (1.0f - gate) * 1.702f;
#else
  return gate + v * gate * (1.0f - gate);
#endif
}

kernel void slope(global const float *x, long x0, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    out[out0 + i] = TANGENT ? tangent(x[x0 + i]) : secant(x[x0 + i]);
  }
}
