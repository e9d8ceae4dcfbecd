package org.csmoe.retrieval;

import java.awt.image.BufferedImage;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Sensor;

/**
 * Queries and what was found for them, as one page of HTML that needs no other file: pictures,
 * sensors, labels with those shared with the query set apart, similarities, and the precision of
 * each query's hits. Names and labels are written as text, whatever stands in them.
 *
 * <p>Queries are written as they come; memory holds one of them. Immutable, and as safe for use by
 * several threads as the function that gives the pictures.
 *
 * <pre>{@code
 * RetrievalGallery.ofPictures("Radar to optical", classes, entry -> draw(entry.id()))
 *     .write(Path.of("gallery.html"), queries.map(query -> new Result(query, hits(query))));
 * }</pre>
 */
public final class RetrievalGallery {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private final String title;
  private final List<String> classes;
  private final Function<IndexEntry, byte[]> pictures;

  private RetrievalGallery(
      String title, List<String> classes, Function<IndexEntry, byte[]> pictures) {
    this.title = title;
    this.classes = List.copyOf(classes);
    this.pictures = pictures;
  }

  /**
   * A query and its hits.
   *
   * @param query the query
   * @param hits best first; may be empty
   */
  public record Result(IndexEntry query, List<Hit> hits) {
    /** Copies the list. */
    public Result {
      hits = List.copyOf(hits);
    }

    /** Mean share of a hit's labels that the query has, as in {@link RetrievalEvaluation}. */
    private double precision() {
      return hits.stream()
          .map(hit -> hit.entry().labels())
          .mapToDouble(
              labels ->
                  labels.stream().filter(query.labels()::contains).count()
                      / Math.max(1.0, labels.size()))
          .average()
          .orElse(0);
    }
  }

  /**
   * A gallery with pictures in memory.
   *
   * @param title of the page
   * @param classes names of labels by index; a label without a name is shown by its number
   * @param pictures gives the picture of a query or hit
   * @return the gallery
   */
  public static RetrievalGallery ofPictures(
      String title, List<String> classes, Function<IndexEntry, BufferedImage> pictures) {
    return new RetrievalGallery(title, classes, entry -> png(pictures.apply(entry)));
  }

  /**
   * A gallery with pictures that are PNG files already.
   *
   * @param title of the page
   * @param classes names of labels by index; a label without a name is shown by its number
   * @param pictures gives the PNG of a query or hit
   * @return the gallery
   */
  public static RetrievalGallery ofPng(
      String title, List<String> classes, Function<IndexEntry, byte[]> pictures) {
    return new RetrievalGallery(title, classes, pictures);
  }

  private static byte[] png(BufferedImage picture) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(picture, "png", bytes)) {
        throw new IllegalArgumentException("picture must be writable as PNG but was " + picture);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Writes the page; it appears whole or not at all.
   *
   * @param target the file to make or replace; its folder must exist
   * @param results read once, one at a time; the caller closes the stream
   * @throws IllegalArgumentException when a picture is no PNG
   * @throws UncheckedIOException when the file cannot be written
   */
  public void write(Path target, Stream<Result> results) {
    try (AtomicFile file = AtomicFile.create(target);
        BufferedWriter writer = file.writer()) {
      writer.write(
          """
          <!DOCTYPE html>
          <html lang="en">
          <head>
          <meta charset="utf-8">
          <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>%s</title>
          <style>
          %s</style>
          </head>
          <body>
          <h1>%s</h1>
          <p class="key"><span class="label shared">label</span> is shared with the query;
          <span class="label">label</span> is not. Similarity is the cosine of the two feature vectors. Precision is the
          mean share of a hit's labels that the query has.</p>
          """
              .formatted(escape(title), style(), escape(title)));
      for (Iterator<Result> iterator = results.sequential().iterator(); iterator.hasNext(); ) {
        write(writer, iterator.next());
      }
      writer.write("</body>\n</html>\n");
      writer.flush();
      file.commit();
    } catch (IOException e) {
      throw Failures.of(target, "cannot be written", e);
    }
  }

  private void write(Writer writer, Result result) throws IOException {
    IndexEntry query = result.query();
    writer.write("<section>\n<div class=\"query\">\n");
    figure(writer, query, query.labels(), "Query");
    if (!query.labels().isEmpty() && !result.hits().isEmpty()) {
      writer.write(
          "<p class=\"precision\">Precision of %d: <strong>%s</strong></p>%n"
              .formatted(result.hits().size(), decimals(100 * result.precision(), 1) + "&nbsp;%"));
    }
    writer.write("</div>\n<div class=\"hits\">\n");
    if (result.hits().isEmpty()) {
      writer.write("<p>Nothing was found.</p>\n");
    }
    int rank = 1;
    for (Hit hit : result.hits()) {
      figure(
          writer,
          hit.entry(),
          query.labels(),
          "%d <span class=\"similarity\">%s</span>"
              .formatted(rank++, decimals(hit.similarity(), 3)));
    }
    writer.write("</div>\n</section>\n");
  }

  private void figure(Writer writer, IndexEntry entry, Set<Integer> wanted, String head)
      throws IOException {
    byte[] picture = pictures.apply(entry);
    if (!Arrays.equals(PNG, Arrays.copyOf(picture, PNG.length))) {
      throw new IllegalArgumentException(
          "%s: picture must be a PNG but its %d bytes begin otherwise"
              .formatted(entry.name(), picture.length));
    }
    String sensor = entry.sensor() == Sensor.SENTINEL1 ? "Sentinel-1" : "Sentinel-2";
    writer.write(
        """
        <figure>
        <div class="head">%s <span class="sensor %s">%s</span></div>
        <img alt="%s, %s" src="data:image/png;base64,%s">
        <figcaption><span class="id">%s</span>
        """
            .formatted(
                head,
                entry.sensor().shortName(),
                sensor,
                escape(entry.id()),
                sensor,
                Base64.getEncoder().encodeToString(picture),
                escape(entry.id())));
    for (int label : entry.labels().stream().sorted().toList()) {
      writer.write(
          "<span class=\"label%s\">%s</span>%n"
              .formatted(wanted.contains(label) ? " shared" : "", escape(name(label))));
    }
    writer.write("</figcaption>\n</figure>\n");
  }

  private String name(int label) {
    return label < classes.size() ? classes.get(label) : "class " + label;
  }

  private static String decimals(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String style() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(RetrievalGallery.class.getResourceAsStream("gallery.css"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Text that means nothing to HTML, in elements and in quoted attributes. */
  private static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
    return out.toString();
  }
}
