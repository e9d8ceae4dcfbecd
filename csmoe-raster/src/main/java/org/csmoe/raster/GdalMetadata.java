package org.csmoe.raster;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;

/**
 * What GDAL's XML metadata tag says of bands. GDAL escapes values once more than XML asks for.
 *
 * @param names the description of every band, empty where there is none
 * @param scalings scale and offset of every band
 */
record GdalMetadata(List<String> names, List<Scaling> scalings) {
  /**
   * Parses the tag. XML that cannot be parsed says nothing, as in GDAL; document types and external
   * entities are never resolved.
   *
   * @throws NumberFormatException when a scale or an offset is no finite number; the message quotes
   *     it
   */
  static GdalMetadata of(String xml, int bands) {
    String[] names = new String[bands];
    Arrays.fill(names, "");
    double[] scales = new double[bands];
    Arrays.fill(scales, 1);
    double[] offsets = new double[bands];
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
      while (reader.hasNext()) {
        if (reader.next() != XMLStreamReader.START_ELEMENT
            || !reader.getLocalName().equals("Item")) {
          continue;
        }
        int sample = sample(reader.getAttributeValue(null, "sample"));
        String role = reader.getAttributeValue(null, "role");
        String name = reader.getAttributeValue(null, "name");
        if (sample < 0 || sample >= bands || name == null) {
          continue;
        }
        if (name.equals("DESCRIPTION")) {
          names[sample] = unescape(reader.getElementText());
        } else if ("scale".equals(role)) {
          scales[sample] = number(reader.getElementText());
        } else if ("offset".equals(role)) {
          offsets[sample] = number(reader.getElementText());
        }
      }
      return new GdalMetadata(List.of(names), scalings(scales, offsets));
    } catch (XMLStreamException e) {
      return new GdalMetadata(
          Collections.nCopies(bands, ""), Collections.nCopies(bands, Scaling.NONE));
    }
  }

  private static List<Scaling> scalings(double[] scales, double[] offsets) {
    List<Scaling> scalings = new ArrayList<>();
    for (int band = 0; band < scales.length; band++) {
      scalings.add(new Scaling(scales[band], offsets[band]));
    }
    return scalings;
  }

  private static double number(String text) {
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value)) {
      throw new NumberFormatException("\"" + text + "\"");
    }
    return value;
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

  /**
   * The XML that {@link #of} reads, with items of the whole data set. Names and scalings may be
   * empty; bands without a name, scale or offset have none of these items.
   */
  static String xml(List<String> names, List<Scaling> scalings, Map<String, String> items) {
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
          item(writer, i, "description", names.get(i));
        }
      }
      for (int i = 0; i < scalings.size(); i++) {
        if (!scalings.get(i).equals(Scaling.NONE)) {
          item(writer, i, "offset", Double.toString(scalings.get(i).offset()));
          item(writer, i, "scale", Double.toString(scalings.get(i).scale()));
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

  /** What a band has in some role, under its name in capitals, as GDAL writes it. */
  private static void item(XMLStreamWriter writer, int band, String role, String text)
      throws XMLStreamException {
    writer.writeStartElement("Item");
    writer.writeAttribute("name", role.toUpperCase(Locale.ROOT));
    writer.writeAttribute("sample", Integer.toString(band));
    writer.writeAttribute("role", role);
    writer.writeCharacters(escape(text));
    writer.writeEndElement();
  }
}
