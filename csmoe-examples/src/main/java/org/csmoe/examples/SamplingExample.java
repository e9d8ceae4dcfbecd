package org.csmoe.examples;

import java.nio.file.Path;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.descriptors.CategoricalRaster;
import org.csmoe.sampling.descriptors.DescriptorExtractor;
import org.csmoe.sampling.locations.Locations;
import org.csmoe.sampling.selection.GeneticSelector;
import org.csmoe.sampling.selection.Sample;
import org.csmoe.sampling.selection.StratifiedSampler;

/** Thematic-climatic sampling in ten lines of Java. */
public final class SamplingExample {
  private SamplingExample() {}

  /**
   * Selects from an archive.
   *
   * @param arguments locations (a file, or major-tom-grid), climate raster, land-cover raster
   */
  public static void main(String[] arguments) {
    try (CategoricalRaster climate = CategoricalRaster.open(Path.of(arguments[1]));
        CategoricalRaster landCover = CategoricalRaster.open(Path.of(arguments[2]))) {
      DescribedArchive archive =
          DescriptorExtractor.builder()
              .climate(climate)
              .thematic(landCover)
              .build()
              .extract(Locations.parse(arguments[0]))
              .archive();
      Sample sample =
          StratifiedSampler.builder()
              .perStratum(100)
              .seed(42)
              .selector(GeneticSelector.builder().build())
              .build()
              .sample(archive);
      for (int index : sample.indexes()) {
        System.out.println(archive.id(index) + "," + climate.legend().name(archive.climate(index)));
      }
    }
  }
}
