package dev.limpid.model.chat;

import dev.limpid.model.chat.jinja.TemplateException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes dates as C's strftime does in English, as far as templates do. */
final class DateFormat {
  private DateFormat() {}

  static String of(String format, LocalDateTime time) {
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i);
      i++;
      if (c != '%' || i == format.length()) {
        text.append(c);
        continue;
      }
      char field = format.charAt(i);
      i++;
      String pattern =
          switch (field) {
            case 'Y' -> "uuuu";
            case 'y' -> "uu";
            case 'm' -> "MM";
            case 'd' -> "dd";
            case 'B' -> "MMMM";
            case 'b' -> "MMM";
            case 'A' -> "EEEE";
            case 'a' -> "EEE";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'p' -> "a";
            case 'j' -> "DDD";
            case '%' -> "'%'";
            default ->
                throw TemplateException.raised("strftime_now with %" + field + " is not supported");
          };
      text.append(DateTimeFormatter.ofPattern(pattern, Locale.US).format(time));
    }
    return text.toString();
  }
}
