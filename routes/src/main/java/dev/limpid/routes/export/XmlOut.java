package dev.limpid.routes.export;

import java.io.IOException;
import java.io.Writer;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes well-formed XML, one element a line; characters that XML cannot hold become U+FFFD. */
final class XmlOut {
  private final XMLStreamWriter xml;
  private final Writer out;

  /** Begins a document. */
  XmlOut(Writer out) throws IOException {
    this(out, true);
  }

  private XmlOut(Writer out, boolean isDocument) throws IOException {
    this.out = out;
    try {
      xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      if (isDocument) {
        xml.writeStartDocument("UTF-8", "1.0");
      }
    } catch (XMLStreamException e) {
      throw unwritten(e);
    }
  }

  /** Begins an element that another document takes in. */
  static XmlOut fragment(Writer out) throws IOException {
    return new XmlOut(out, false);
  }

  /** Opens an element; attributes are names and values in turn. */
  XmlOut open(String element, String... attributes) throws IOException {
    try {
      xml.writeCharacters("\n");
      xml.writeStartElement(element);
      for (int i = 0; i < attributes.length; i += 2) {
        xml.writeAttribute(attributes[i], legal(attributes[i + 1]));
      }
      return this;
    } catch (XMLStreamException e) {
      throw unwritten(e);
    }
  }

  XmlOut text(String text) throws IOException {
    try {
      xml.writeCharacters(legal(text));
      return this;
    } catch (XMLStreamException e) {
      throw unwritten(e);
    }
  }

  XmlOut close() throws IOException {
    try {
      xml.writeEndElement();
      return this;
    } catch (XMLStreamException e) {
      throw unwritten(e);
    }
  }

  /** Ends the document; flushes the writer, does not close it. */
  void end() throws IOException {
    try {
      xml.writeEndDocument();
      xml.writeCharacters("\n");
      xml.flush();
      out.flush();
    } catch (XMLStreamException e) {
      throw unwritten(e);
    }
  }

  /** What the stream below said, where it was that: it names what cannot be written. */
  private static IOException unwritten(XMLStreamException e) {
    return e.getCause() instanceof IOException cause ? cause : new IOException(e);
  }

  private static String legal(String text) {
    StringBuilder legal = new StringBuilder();
    text.codePoints().map(c -> isLegal(c) ? c : 0xFFFD).forEach(legal::appendCodePoint);
    return legal.toString();
  }

  /** The Char production of XML 1.0. */
  private static boolean isLegal(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
