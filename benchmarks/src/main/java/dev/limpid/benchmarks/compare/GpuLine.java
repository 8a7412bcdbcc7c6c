package dev.limpid.benchmarks.compare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * One line of results on a device.
 *
 * @param device what Limpid computed on: name, title, platform, driver, kernels
 * @param torch version of PyTorch
 * @param torchDevice what it computed on
 */
record GpuLine(@JsonUnwrapped Line line, String device, String torch, String torchDevice) {}
