package org.csmoe.training;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws the losses of all epochs so far as a PNG after each epoch: solid for training, dashed for
 * validation. What was trained before a resumption is not drawn unless it is given. Not safe for
 * use by several threads.
 */
public final class LossCurve implements TrainingListener {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 600;

  /** Distinguishable with colour-blind eyes (Okabe and Ito 2008). */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9));

  private final Path file;
  private final List<Epoch> epochs = new ArrayList<>();

  /**
   * Draws to a file.
   *
   * @param file a PNG that is made or replaced; its folder must exist when training begins
   */
  public LossCurve(Path file) {
    this.file = file;
  }

  @Override
  public void epochEnded(Epoch epoch) {
    epochs.add(epoch);
    try (AtomicFile target = AtomicFile.create(file);
        OutputStream stream = target.stream()) {
      ImageIO.write(draw(epochs), "png", stream);
      stream.flush();
      target.commit();
    } catch (IOException e) {
      throw Failures.of(file, "cannot be written", e);
    }
  }

  /**
   * Draws the losses of epochs.
   *
   * @param epochs at least one
   * @return the picture
   */
  public static BufferedImage draw(List<Epoch> epochs) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Losses: training solid, validation dashed")
            .xAxisTitle("epoch")
            .yAxisTitle("loss")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    Map<String, Color> colours = new LinkedHashMap<>();
    for (String name : epochs.get(0).training().keySet()) {
      colours.put(name, COLOURS.get(colours.size() % COLOURS.size()));
    }
    colours.forEach(
        (name, colour) -> {
          add(chart, name, epochs, name, false, colour);
          add(chart, name + " (validation)", epochs, name, true, colour);
        });
    return BitmapEncoder.getBufferedImage(chart);
  }

  private static void add(
      XYChart chart,
      String label,
      List<Epoch> epochs,
      String loss,
      boolean validation,
      Color colour) {
    List<Integer> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (Epoch epoch : epochs) {
      Double value = (validation ? epoch.validation() : epoch.training()).get(loss);
      if (value != null) {
        x.add(epoch.epoch() + 1);
        y.add(value);
      }
    }
    if (x.isEmpty()) {
      return;
    }
    XYSeries series = chart.addSeries(label, x, y);
    series.setMarker(x.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setLineColor(colour);
    series.setMarkerColor(colour);
    series.setShowInLegend(!validation);
    if (validation) {
      series.setLineStyle(
          new BasicStroke(
              1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {5, 4}, 0));
    }
  }
}
