package org.csmoe.raster;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;

/**
 * Band descriptions in GDAL's XML metadata tag. GDAL escapes values once more than XML asks for.
 */
final class GdalMetadata {
  private GdalMetadata() {}

  /**
   * The description of every band, empty where there is none. XML that cannot be parsed describes
   * nothing, as in GDAL; document types and external entities are never resolved.
   */
  static List<String> bandNames(String xml, int bands) {
    String[] names = new String[bands];
    Arrays.fill(names, "");
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
      while (reader.hasNext()) {
        if (reader.next() == XMLStreamReader.START_ELEMENT
            && reader.getLocalName().equals("Item")
            && "DESCRIPTION".equals(reader.getAttributeValue(null, "name"))) {
          int sample = sample(reader.getAttributeValue(null, "sample"));
          if (sample >= 0 && sample < bands) {
            names[sample] = unescape(reader.getElementText());
          }
        }
      }
      return List.of(names);
    } catch (XMLStreamException e) {
      return Collections.nCopies(bands, "");
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String unescape(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }

  private static int sample(String value) {
    return value != null && value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
  }

  /** The XML that {@link #bandNames} reads, with items of the whole data set. */
  static String xml(List<String> names, Map<String, String> items) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      writer.writeStartElement("GDALMetadata");
      for (Map.Entry<String, String> item : items.entrySet()) {
        writer.writeStartElement("Item");
        writer.writeAttribute("name", item.getKey());
        writer.writeCharacters(escape(item.getValue()));
        writer.writeEndElement();
      }
      for (int i = 0; i < names.size(); i++) {
        if (!names.get(i).isEmpty()) {
          writer.writeStartElement("Item");
          writer.writeAttribute("name", "DESCRIPTION");
          writer.writeAttribute("sample", Integer.toString(i));
          writer.writeAttribute("role", "description");
          writer.writeCharacters(escape(names.get(i)));
          writer.writeEndElement();
        }
      }
      writer.writeEndElement();
      writer.close();
    } catch (XMLStreamException e) {
      throw new IllegalArgumentException(
          "bandNames and metadata cannot be written as XML: %s %s".formatted(names, items), e);
    }
    return text.toString();
  }
}
