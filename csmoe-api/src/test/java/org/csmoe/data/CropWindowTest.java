package org.csmoe.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CropWindowTest {
  private static final CropWindow PART = new CropWindow(1, 1, 5, 4);

  private static float[] image() {
    float[] image = new float[30];
    for (int i = 0; i < image.length; i++) {
      image[i] = (7 * i * i + 3 * i) % 50;
    }
    return image;
  }

  @Test
  void aPartIsResizedAsPyTorchDoes() throws IOException {
    // See make_resize_golden.py.
    List<String> lines;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(CropWindowTest.class.getResourceAsStream("resize.csv")),
                StandardCharsets.UTF_8))) {
      lines = reader.lines().toList();
    }
    assertThat(lines).hasSize(3 * 2 + 9 * 7 + 5 * 4 + 1);
    int[] classes = IntStream.range(0, 30).map(i -> (int) image()[i]).toArray();
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      int width = Integer.parseInt(fields[0]);
      int height = Integer.parseInt(fields[1]);
      int index = Integer.parseInt(fields[2]);
      float[] smooth = new float[width * height];
      PART.bilinear(image(), 0, 6, smooth, width, height);
      // Values up to 50, rounded once to float32.
      assertThat((double) smooth[index])
          .as(line)
          .isCloseTo(Double.parseDouble(fields[3]), within(4e-6));
      assertThat(PART.nearest(classes, 6, width, height)[index])
          .as(line)
          .isEqualTo(Integer.parseInt(fields[4]));
    }
  }

  @Test
  void whatHasAPartOfNanIsNanAndNothingElse() {
    float[] image = image();
    image[6 * 2 + 3] = Float.NaN;
    float[] same = new float[20];
    PART.bilinear(image, 0, 6, same, 5, 4);
    for (int i = 0; i < 20; i++) {
      assertThat(Float.isNaN(same[i])).as("%d", i).isEqualTo(i == 5 + 2);
    }
    float[] twice = new float[80];
    PART.bilinear(image, 0, 6, twice, 10, 8);
    // At twice the size a pixel reaches one and a half of its widths: 4 x 4 pixels.
    int[] missing = IntStream.range(0, 80).filter(i -> Float.isNaN(twice[i])).toArray();
    assertThat(missing).hasSize(16).contains(10 + 3, 10 * 4 + 6);
    assertThat(Arrays.stream(missing).map(i -> i % 10)).allMatch(x -> x >= 3 && x <= 6);
  }
}
