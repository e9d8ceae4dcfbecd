package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetrievalGalleryTest {
  private static final String EVIL = "\"><script>alert('x')</script>&\u0000";

  private final Path page;

  RetrievalGalleryTest(@TempDir Path folder) {
    page = folder.resolve("gallery.html");
  }

  private String write(RetrievalGallery gallery, RetrievalGallery.Result... results)
      throws IOException {
    gallery.write(page, Stream.of(results));
    return Files.readString(page);
  }

  private static BufferedImage picture(int colour) {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 2, colour);
    return image;
  }

  @Test
  void picturesAreInThePageAndLabelsSharedWithTheQueryAreMarked() throws IOException {
    String html =
        write(
            RetrievalGallery.ofPictures(
                "Radar", List.of("water", "forest"), entry -> picture(0xABCDEF)),
            new RetrievalGallery.Result(
                IndexEntry.of("q", Sensor.SENTINEL1, 1, 7),
                List.of(
                    new Hit(IndexEntry.of("a", Sensor.SENTINEL2, 0, 1), 0.98765f),
                    new Hit(IndexEntry.of("b", Sensor.SENTINEL2, 7), -0.5f))));
    assertThat(html)
        .contains("<span class=\"label\">water</span>")
        .contains("<span class=\"label shared\">forest</span>")
        .contains("<span class=\"label shared\">class 7</span>")
        .contains(">0.988<")
        .contains(">-0.500<")
        // Half of the labels of the first and all of the second.
        .contains("Precision of 2: <strong>75.0&nbsp;%</strong>")
        .doesNotContain("http:")
        .doesNotContain("https:");
    Matcher source = Pattern.compile("src=\"data:image/png;base64,([^\"]*)\"").matcher(html);
    int pictures = 0;
    for (; source.find(); pictures++) {
      byte[] png = Base64.getDecoder().decode(source.group(1));
      assertThat(ImageIO.read(new ByteArrayInputStream(png)).getRGB(1, 2)).isEqualTo(0xFFABCDEF);
    }
    assertThat(pictures).isEqualTo(3);
  }

  @Test
  void nothingFromOutsideMeansAnythingToHtml() throws IOException {
    IndexEntry entry = new IndexEntry(EVIL, Sensor.SENTINEL1, Set.of(0), Map.of(EVIL, EVIL));
    String html =
        write(
            RetrievalGallery.ofPictures(EVIL, List.of(EVIL), e -> picture(0)),
            new RetrievalGallery.Result(entry, List.of(new Hit(entry, 1))));
    assertThat(html).doesNotContain("<script").doesNotContain("'x'").doesNotContain("\u0000");
    assertThat(html.split("&quot;&gt;&lt;script&gt;alert\\(&#39;x&#39;\\)", -1))
        .as("title twice, id and its alternative text of two figures, a label of each")
        .hasSize(1 + 2 + 4 + 2);
  }

  @Test
  void bytesThatAreNoPngAreRefusedAndNoPageAppears() {
    assertThatThrownBy(
            () ->
                write(
                    RetrievalGallery.ofPng("t", List.of(), entry -> new byte[] {1, 2}),
                    new RetrievalGallery.Result(IndexEntry.of("q", Sensor.SENTINEL2), List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("s2 q: picture must be a PNG but its 2 bytes begin otherwise");
    assertThat(page).doesNotExist();
  }
}
