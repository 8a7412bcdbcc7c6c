package dev.limpid.explorer.parquet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.Util;

/**
 * The end of a Parquet file. The library lists the encodings of a column in the order of a hash
 * set, which differs from process to process; here they are put in order, so that the same rows
 * give the same bytes.
 *
 * <pre>
 *   pages ..., metadata, its length in 4 bytes, "PAR1"
 * </pre>
 */
final class ParquetFooter {
  private static final int TAIL = 8;

  private ParquetFooter() {}

  /** Copies a file, with its encodings in order. */
  static void copyInOrder(Path file, OutputStream out) throws IOException {
    byte[] tail = new byte[TAIL];
    byte[] metadata;
    long pages;
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(in.length() - TAIL);
      in.readFully(tail);
      int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      pages = in.length() - TAIL - length;
      metadata = new byte[length];
      in.seek(pages);
      in.readFully(metadata);
    }
    byte[] ordered = ordered(metadata);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (long left = pages; left > 0; ) {
        int count = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
        out.write(buffer, 0, count);
        left -= count;
      }
    }
    out.write(ordered);
    byte[] length =
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(ordered.length)
            .array();
    out.write(length);
    out.write(tail, Integer.BYTES, TAIL - Integer.BYTES);
  }

  private static byte[] ordered(byte[] metadata) throws IOException {
    FileMetaData parsed = Util.readFileMetaData(new ByteArrayInputStream(metadata));
    parsed
        .getRow_groups()
        .forEach(group -> group.getColumns().forEach(column -> order(column.getMeta_data())));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Util.writeFileMetaData(parsed, bytes);
    return bytes.toByteArray();
  }

  private static void order(ColumnMetaData column) {
    column.getEncodings().sort(Comparator.comparingInt(Encoding::getValue));
    if (column.isSetEncoding_stats()) {
      column
          .getEncoding_stats()
          .sort(
              Comparator.comparingInt((PageEncodingStats s) -> s.getPage_type().getValue())
                  .thenComparingInt(s -> s.getEncoding().getValue()));
    }
  }
}
