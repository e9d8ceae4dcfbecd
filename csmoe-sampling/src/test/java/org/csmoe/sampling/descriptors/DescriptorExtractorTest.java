package org.csmoe.sampling.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.csmoe.CsMoeException;
import org.csmoe.RasterFormatException;
import org.csmoe.raster.PixelType;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;
import org.csmoe.sampling.Rejections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.GeometryFactory;

class DescriptorExtractorTest {
  private final Path folder;
  private final CategoricalRaster climate;
  private final CategoricalRaster cover;

  DescriptorExtractorTest(@TempDir Path folder) {
    this.folder = folder;
    // The globe at 2 degrees; class 0, no data, in every eighth column.
    Path climates =
        TinyTiff.of(-180, 90, 2, 180, 90)
            .codes((x, y) -> x % 8)
            .noData("0")
            .write(folder.resolve("climate.tif"));
    // 0 to 80 E, 40 S to 40 N at half a degree; no data in the first ten degrees.
    Path covers =
        TinyTiff.of(0, 40, 0.5, 160, 160)
            .codes((x, y) -> x < 20 ? 255 : 10 * (1 + y % 12))
            .noData("255")
            .write(folder.resolve("cover.tif"));
    climate = CategoricalRaster.builder(climates).legend(Legend.koppenGeiger()).open();
    cover =
        CategoricalRaster.builder(covers)
            .legend(Legend.worldCover())
            .maxFootprintPixels(400)
            .open();
  }

  @AfterEach
  void close() {
    climate.close();
    cover.close();
  }

  private DescriptorExtractor.Builder builder() {
    return DescriptorExtractor.builder().climate(climate).thematic(cover);
  }

  private static List<Location> random(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Location> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      places.add(Location.at("p" + i, random.nextDouble(-180, 180), random.nextDouble(-90, 90)));
    }
    return places;
  }

  @Test
  void everyLocationIsDescribedOrCountedOnceInTheOrderOfTheSource() {
    List<Location> places = random(20_000, 1);
    Descriptors descriptors = builder().build().extract(new ListSource(places));
    DescribedArchive archive = descriptors.archive();
    assertThat(archive.size() + descriptors.rejections().total()).isEqualTo(20_000);
    assertThat(descriptors.rejections().counts().keySet())
        .containsExactlyInAnyOrder(
            DescriptorExtractor.NO_CLIMATE,
            DescriptorExtractor.OUTSIDE_THEMATIC,
            DescriptorExtractor.NO_THEMATIC);
    int next = 0;
    for (Location place : places) {
      int u = climate.classAt(place.longitude(), place.latitude());
      int v = cover.classAt(place.longitude(), place.latitude());
      if (u >= 0 && v >= 0) {
        assertThat(archive.id(next)).isEqualTo(place.id());
        assertThat(archive.longitude(next)).isEqualTo(place.longitude());
        assertThat(archive.latitude(next)).isEqualTo(place.latitude());
        assertThat(archive.climate(next)).isEqualTo(u);
        assertThat(archive.thematic(next)).isEqualTo(v);
        next++;
      }
    }
    assertThat(next).isEqualTo(archive.size()).isGreaterThan(1000);
  }

  @Test
  void theFirstReasonIsCountedWithExamples() {
    List<Location> places =
        List.of(
            Location.at("no climate", 12.5, 0),
            Location.at("elsewhere", -48.5, 0),
            Location.at("no theme", 5.5, 3),
            Location.at("good", 30.5, 3));
    Rejections rejections = builder().build().extract(new ListSource(places)).rejections();
    assertThat(rejections.counts())
        .isEqualTo(
            Map.of(
                DescriptorExtractor.NO_CLIMATE, 1L,
                DescriptorExtractor.OUTSIDE_THEMATIC, 1L,
                DescriptorExtractor.NO_THEMATIC, 1L));
    assertThat(rejections.examples(DescriptorExtractor.OUTSIDE_THEMATIC))
        .containsExactly("elsewhere at longitude -48.5, latitude 0.0");
    Rejections swapped =
        DescriptorExtractor.builder()
            .climate(cover)
            .thematic(climate)
            .build()
            .extract(new ListSource(places))
            .rejections();
    assertThat(swapped.counts())
        .isEqualTo(
            Map.of(
                DescriptorExtractor.NO_THEMATIC, 1L,
                DescriptorExtractor.OUTSIDE_CLIMATE, 1L,
                DescriptorExtractor.NO_CLIMATE, 1L));
  }

  @Test
  void codesThatTheLegendLacksAreKeptAndCounted() {
    Descriptors descriptors = builder().build().extract(new ListSource(random(20_000, 2)));
    assertThat(descriptors.unnamedClimates()).isEmpty();
    // The raster has 10, 20, .. 120; WorldCover ends at 100.
    assertThat(descriptors.unnamedThematics().keySet()).containsExactly(110, 120);
    long kept = 0;
    for (int i = 0; i < descriptors.archive().size(); i++) {
      kept += descriptors.archive().thematic(i) == 110 ? 1 : 0;
    }
    assertThat(descriptors.unnamedThematics().get(110)).isEqualTo(kept);
  }

  @Test
  void theOrderIsThatOfTheSourceWhateverTheThreads() {
    List<Location> places = random(50_000, 3);
    Descriptors alone = builder().build().extract(new ListSource(places));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Descriptors together = builder().executor(threads).build().extract(new ListSource(places));
      assertThat(together.archive().size()).isEqualTo(alone.archive().size());
      for (int i = 0; i < alone.archive().size(); i++) {
        assertThat(together.archive().id(i)).isEqualTo(alone.archive().id(i));
        assertThat(together.archive().stratum(i)).isEqualTo(alone.archive().stratum(i));
      }
      assertThat(together.rejections().counts()).isEqualTo(alone.rejections().counts());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aRasterIsAskedAtTheCentreOrForTheMajority() {
    GeometryFactory geometry = new GeometryFactory();
    // 8 columns by 40 rows: 12 classes take turns by row, those nearest the equator are largest.
    Location wide = Location.of("wide", geometry.toGeometry(new Envelope(20.1, 24.1, 10.1, 29.9)));
    Location small =
        Location.of("small", geometry.toGeometry(new Envelope(20.1, 21.1, 10.1, 11.4)));
    ListSource source = new ListSource(List.of(wide, small));
    DescribedArchive centre = builder().build().extract(source).archive();
    assertThat(centre.thematic(0)).isEqualTo(cover.classAt(22.1, 20));
    Descriptors majority =
        builder().thematic(cover, DescriptorRule.MAJORITY).build().extract(source);
    assertThat(majority.archive().size()).isEqualTo(2);
    assertThat(majority.archive().thematic(0)).isEqualTo(cover.majority(wide));
    assertThat(cover.majority(wide)).isNotEqualTo(cover.classAt(22.1, 20));
    assertThat(majority.archive().thematic(1)).isEqualTo(cover.majority(small));
  }

  @Test
  void footprintsThatCannotBeLookedUpAreCountedOrRefused() {
    GeometryFactory geometry = new GeometryFactory();
    Location large =
        Location.of("large", geometry.toGeometry(new Envelope(20.1, 31.1, 10.1, 20.1)));
    // Not by Location.of, which may refuse or mend such outlines.
    Location uncut =
        new Location(
            "uncut",
            0,
            10.5,
            Optional.of(geometry.toGeometry(new Envelope(-179.9, 179.9, 10.1, 10.9))));
    Location beyond =
        new Location(
            "beyond", 20.6, 85, Optional.of(geometry.toGeometry(new Envelope(20, 21, 80, 90.1))));
    DescriptorExtractor.Builder builder =
        builder()
            .climate(climate, DescriptorRule.MAJORITY)
            .thematic(cover, DescriptorRule.MAJORITY);
    Rejections rejections =
        builder.build().extract(new ListSource(List.of(large, uncut, beyond))).rejections();
    assertThat(rejections.counts()).isEqualTo(Map.of(DescriptorExtractor.BAD_FOOTPRINT, 3L));
    List<String> examples = rejections.examples(DescriptorExtractor.BAD_FOOTPRINT);
    assertThat(examples.get(0)).startsWith("large: ").contains("pixels of", "cover.tif");
    assertThat(examples.get(1)).startsWith("uncut: ").contains("359.8 degrees wide");
    assertThat(examples.get(2)).startsWith("beyond: ").contains("latitudes 80.0 to 90.1");
    assertThatThrownBy(() -> builder.strict(true).build().extract(new ListSource(List.of(large))))
        .isInstanceOf(CsMoeException.class)
        .hasMessageStartingWith("large: footprint: found about 440 pixels");
  }

  /** A source with a bad row between two good ones. */
  private record FaultySource() implements LocationSource {
    @Override
    public String name() {
      return "faulty";
    }

    @Override
    public List<Path> files() {
      return List.of();
    }

    @Override
    public OptionalLong count() {
      return OptionalLong.empty();
    }

    @Override
    public void read(Visitor visitor) {
      visitor.accept(Location.at("a", 30.5, 3));
      visitor.reject("faulty.csv line 3", "latitude out of range", "found 95");
      visitor.accept(Location.at("b", 30.5, 3));
    }
  }

  @Test
  void rowsThatAreNoLocationAreCountedOrRefused() {
    List<String> steps = new ArrayList<>();
    Descriptors descriptors =
        builder()
            .progress((stage, done, total) -> steps.add(stage + " " + done + " of " + total))
            .build()
            .extract(new FaultySource());
    assertThat(descriptors.archive().size()).isEqualTo(2);
    assertThat(descriptors.rejections().counts()).isEqualTo(Map.of("latitude out of range", 1L));
    assertThat(descriptors.rejections().examples("latitude out of range"))
        .containsExactly("faulty.csv line 3: found 95");
    assertThat(steps).containsExactly("descriptors 3 of -1");
    DescriptorExtractor strict = builder().strict(true).build();
    assertThatThrownBy(() -> strict.extract(new FaultySource()))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("faulty.csv line 3")
        .hasMessageContaining("latitude out of range");
  }

  @Test
  void anInterruptEndsTheWorkAndStays() {
    ListSource source = new ListSource(random(10_000, 4));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (DescriptorExtractor.Builder builder : List.of(builder(), builder().executor(threads))) {
        DescriptorExtractor extractor = builder.build();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> extractor.extract(source))
            .isInstanceOf(CsMoeException.class)
            .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(builder().build().extract(source).archive().size()).isPositive();
  }

  @Test
  void aMalformedRasterOrARefusingExecutorEndsTheWork() {
    Path path =
        TinyTiff.of(-180, 90, 2, 180, 90)
            .type(PixelType.FLOAT32)
            .codes((x, y) -> y == 50 ? 15 : 10)
            .write(folder.resolve("fraction.tif"));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (CategoricalRaster broken =
        CategoricalRaster.builder(path).legend(Legend.numbers()).open()) {
      DescriptorExtractor extractor = builder().climate(broken).executor(threads).build();
      ListSource source = new ListSource(random(10_000, 5));
      assertThatThrownBy(() -> extractor.extract(source))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("row 50");
      threads.shutdown();
      assertThatThrownBy(() -> extractor.extract(source))
          .isInstanceOf(RejectedExecutionException.class);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anExtractorNeedsBothRasters() {
    assertThatThrownBy(() -> DescriptorExtractor.builder().climate(climate).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("thematic was not");
  }
}
