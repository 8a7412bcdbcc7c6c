package dev.limpid.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A benchmark, prepared in a process of its own, that is run whenever it is asked: so that two
 * versions of this project are timed alternately. {@code benchmarks/beside} calls it.
 *
 * <p>Needs nothing but the JDK: it runs on the benchmarks of either version.
 *
 * <pre>
 *   ForwardBenchmark.vector shape=GPT2 t=128     arguments: class and method, and its parameters
 *   ready                                        printed when it is prepared
 *   3                                            read: so many runs
 *   0.2123                                       printed: seconds of one of them, on average
 * </pre>
 */
public final class TimedBenchmark {
  private TimedBenchmark() {}

  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    int dot = args[0].indexOf('.');
    Class<?> type = Class.forName("dev.limpid.benchmarks." + args[0].substring(0, dot));
    Object benchmark = type.getConstructor().newInstance();
    for (String parameter : Arrays.asList(args).subList(1, args.length)) {
      String[] parts = parameter.split("=", 2);
      set(benchmark, type.getField(parts[0]), parts[1]);
    }
    type.getMethod("prepare").invoke(benchmark);
    Method work = type.getMethod(args[0].substring(dot + 1));
    System.out.println("ready");
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      int runs = Integer.parseInt(line);
      long began = System.nanoTime();
      for (int i = 0; i < runs; i++) {
        work.invoke(benchmark);
      }
      System.out.println((System.nanoTime() - began) / 1e9 / runs);
    }
  }

  private static void set(Object benchmark, Field field, String value)
      throws ReflectiveOperationException {
    if (field.getType() == int.class) {
      field.setInt(benchmark, Integer.parseInt(value));
    } else {
      field.set(benchmark, field.getType().getMethod("valueOf", String.class).invoke(null, value));
    }
  }
}
