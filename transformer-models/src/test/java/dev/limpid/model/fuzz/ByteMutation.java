package dev.limpid.model.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** One way in which the bytes of a file go wrong, whatever they mean. */
enum ByteMutation {
  FLIP_A_BIT {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      byte[] result = input.clone();
      result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
      return result;
    }
  },
  CHANGE_A_BYTE {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      byte[] result = input.clone();
      result[random.nextInt(result.length)] = (byte) random.nextInt();
      return result;
    }
  },
  CUT_OFF {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      return Arrays.copyOf(input, random.nextInt(input.length));
    }
  },
  REMOVE_A_SLICE {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      int from = random.nextInt(input.length);
      int to = from + random.nextInt(Math.min(64, input.length - from) + 1);
      return splice(input, from, to, new byte[0]);
    }
  },
  REPEAT_A_SLICE {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      int from = random.nextInt(input.length);
      int to = from + random.nextInt(Math.min(64, input.length - from) + 1);
      int times = 1 << random.nextInt(10);
      byte[] repeated = new byte[(to - from) * times];
      for (int i = 0; i < repeated.length; i++) {
        repeated[i] = input[from + i % (to - from)];
      }
      return splice(input, from, to, repeated);
    }
  },
  COPY_A_SLICE_ELSEWHERE {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      int from = random.nextInt(input.length);
      int count = random.nextInt(Math.min(64, input.length - from) + 1);
      byte[] result = input.clone();
      int at = random.nextInt(input.length - count + 1);
      System.arraycopy(input, from, result, at, count);
      return result;
    }
  },
  INSERT_WHAT_IS_NO_UTF8 {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      byte[][] broken = {
        {(byte) 0xC0, (byte) 0x80}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, {(byte) 0xFF}, {0}
      };
      int at = random.nextInt(input.length + 1);
      return splice(input, at, at, broken[random.nextInt(broken.length)]);
    }
  },
  WRITE_AN_EXTREME_NUMBER {
    @Override
    byte[] apply(byte[] input, SplittableRandom random) {
      long[] extremes = {
        0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, 1L << 32, 0x7f7fffff_7f7fffffL
      };
      ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      number.putLong(extremes[random.nextInt(extremes.length)]);
      byte[] result = input.clone();
      int count = Math.min(random.nextBoolean() ? 4 : 8, result.length);
      int at = random.nextInt(result.length - count + 1);
      System.arraycopy(number.array(), 0, result, at, count);
      return result;
    }
  };

  /** Returns the bytes changed; they are not modified, and not empty. */
  abstract byte[] apply(byte[] input, SplittableRandom random);

  static byte[] any(byte[] input, SplittableRandom random) {
    return input.length == 0
        ? input
        : values()[random.nextInt(values().length)].apply(input, random);
  }

  /** Returns the bytes changed, mostly as many as before. */
  static byte[] inPlace(byte[] input, SplittableRandom random) {
    List<ByteMutation> kinds =
        List.of(FLIP_A_BIT, CHANGE_A_BYTE, COPY_A_SLICE_ELSEWHERE, WRITE_AN_EXTREME_NUMBER);
    return input.length == 0 || random.nextInt(16) == 0
        ? any(input, random)
        : kinds.get(random.nextInt(kinds.size())).apply(input, random);
  }

  static byte[] splice(byte[] input, int from, int to, byte[] middle) {
    byte[] result = Arrays.copyOf(input, input.length - (to - from) + middle.length);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(input, to, result, from + middle.length, input.length - to);
    return result;
  }
}
