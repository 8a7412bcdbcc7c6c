package dev.limpid.backend.opencl.driver;

/** The functions of OpenCL 1.2 that are called. */
enum Function {
  GET_PLATFORM_IDS("clGetPlatformIDs"),
  GET_PLATFORM_INFO("clGetPlatformInfo"),
  GET_DEVICE_IDS("clGetDeviceIDs"),
  GET_DEVICE_INFO("clGetDeviceInfo"),
  CREATE_CONTEXT("clCreateContext"),
  CREATE_COMMAND_QUEUE("clCreateCommandQueue"),
  CREATE_BUFFER("clCreateBuffer"),
  CREATE_PROGRAM_WITH_SOURCE("clCreateProgramWithSource"),
  CREATE_PROGRAM_WITH_BINARY("clCreateProgramWithBinary"),
  BUILD_PROGRAM("clBuildProgram"),
  GET_PROGRAM_INFO("clGetProgramInfo"),
  GET_PROGRAM_BUILD_INFO("clGetProgramBuildInfo"),
  CREATE_KERNEL("clCreateKernel"),
  SET_KERNEL_ARG("clSetKernelArg"),
  ENQUEUE_KERNEL("clEnqueueNDRangeKernel"),
  ENQUEUE_READ("clEnqueueReadBuffer"),
  ENQUEUE_WRITE("clEnqueueWriteBuffer"),
  ENQUEUE_FILL("clEnqueueFillBuffer"),
  FLUSH("clFlush"),
  RELEASE_CONTEXT("clReleaseContext"),
  RELEASE_COMMAND_QUEUE("clReleaseCommandQueue"),
  RELEASE_MEMORY("clReleaseMemObject"),
  RELEASE_PROGRAM("clReleaseProgram"),
  RELEASE_KERNEL("clReleaseKernel");

  private final String symbol;

  Function(String symbol) {
    this.symbol = symbol;
  }

  /** Returns the name in the library. */
  String symbol() {
    return symbol;
  }
}
