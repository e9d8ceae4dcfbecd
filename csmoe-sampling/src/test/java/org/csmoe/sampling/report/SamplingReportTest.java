package org.csmoe.sampling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Rejections;
import org.csmoe.sampling.selection.GeneticSelector;
import org.csmoe.sampling.selection.Sample;
import org.csmoe.sampling.selection.Selector;
import org.csmoe.sampling.selection.StratifiedRandom;
import org.csmoe.sampling.selection.StratifiedSampler;
import org.csmoe.sampling.selection.StratumSample;
import org.csmoe.sampling.statistics.SampleStatistics;
import org.csmoe.sampling.statistics.StatisticsCalculator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;

class SamplingReportTest {
  private static final String HOSTILE = "<script>alert('x')</script>\" onload=\"&amp; {{%s}}";
  private static final DescribedArchive ARCHIVE = archive();
  private static final Sample RANDOM = sample(new StratifiedRandom());
  private static final Sample EVOLVED = sample(GeneticSelector.builder().generations(80).build());

  /** Strata (1,10), (2,10), (3,20) with 40, 80, 120 tiles, and (4,20) with one. */
  private static DescribedArchive archive() {
    SplittableRandom random = new SplittableRandom(3);
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int climate = 1; climate <= 3; climate++) {
      for (int i = 0; i < 40 * climate; i++) {
        double lon = i % 8 == 0 ? random.nextDouble(-180, 180) : random.nextDouble(0, 25);
        builder.add("t", lon, random.nextDouble(0, 25), climate, climate == 3 ? 20 : 10);
      }
    }
    return builder.add("alone", -100, 40, 4, 20).build();
  }

  private static Sample sample(Selector selector) {
    return StratifiedSampler.builder()
        .perStratum(20)
        .selector(selector)
        .seed(11)
        .build()
        .sample(ARCHIVE);
  }

  private static SamplingReport.Builder builder() {
    return SamplingReport.builder()
        .archive("All tiles", ARCHIVE)
        .selection("Evolved", EVOLVED)
        .perStratum(20)
        .cellDegrees(5);
  }

  /** Drawn once. */
  private static final class Page {
    static final String HTML = withoutPictures(builder().baseline("Random", RANDOM).build().html());
  }

  private static String withoutPictures(String html) {
    return html.replaceAll("base64,[A-Za-z0-9+/=]+", "base64,");
  }

  @Test
  void whatUsersNameIsEscapedEverywhere() {
    Rejections rejections = new Rejections();
    rejections.add(HOSTILE + "reason", HOSTILE + "example");
    String html =
        builder()
            .title(HOSTILE + "title")
            .baseline(HOSTILE + "baseline", RANDOM)
            .other(HOSTILE + "other", RANDOM)
            .climateNames(Map.of(1, HOSTILE + "1", 2, HOSTILE + "2", 3, HOSTILE + "3"))
            .thematicNames(Map.of(10, HOSTILE + "10", 20, HOSTILE + "20"))
            .rejections(rejections)
            .provenance(Map.of(HOSTILE + "key", HOSTILE + "value"))
            .build()
            .html();
    String page = withoutPictures(html);
    // The page's own script and nothing else.
    assertThat(page.split("<script", -1)).hasSize(2);
    assertThat(page).doesNotContain("alert('x')").doesNotContain("\" onload=\"");
    String escaped = Html.escape(HOSTILE);
    for (String place :
        List.of("title", "baseline", "other", "3", "20", "reason", "example", "key", "value")) {
      assertThat(page).contains(escaped + place);
    }
    // In the table, in the chart's labels, which are cut, and in its points' titles.
    assertThat(page.split(Pattern.quote(escaped + "3"), -1)).hasSizeGreaterThan(2);
  }

  @Test
  void thePageLoadsNothingAndForbidsItToo() {
    String page = Page.HTML;
    assertThat(page).contains("Content-Security-Policy").contains("default-src 'none'");
    Matcher attributes = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(page);
    int found = 0;
    while (attributes.find()) {
      found++;
      assertThat(attributes.group(1)).matches("data:image/png;base64,|#[a-z]+");
    }
    // Three maps and the links to notes and strata.
    assertThat(found).isEqualTo(5);
    assertThat(page).doesNotContain("http:", "https:", "url(", "@import", "fetch(");
  }

  @Test
  void everySectionStandsAndLinksLead() {
    String page = Page.HTML;
    assertThat(page)
        .contains("<h2>Statistics of the sets</h2>")
        .contains("<h2>Where the tiles are</h2>")
        .contains("<h2>Convergence</h2>")
        .contains("<h2>Entropy per stratum</h2>")
        .contains("<h2>Dropped</h2>")
        .contains("id=\"notes\"")
        .contains("id=\"strata\"")
        .contains("Nothing was dropped.")
        .contains("240 of 241 tiles".replace("240", "" + EVOLVED.indexes().length))
        .contains("1 stratum with 1 tile.")
        .contains("stratified-random, seed 11")
        .contains("genetic(fitness=histogram-entropy(bins=64)")
        .contains("paper, MTom<sub>μ</sub>");
    assertThat(page.split("<figure>", -1)).hasSize(1 + 3 + 2);
    assertThat(page).doesNotContain("NaN").doesNotContain("Infinity").doesNotContain("Optional");
    // Well-formed in what is easily forgotten.
    for (String tag : List.of("table", "tr", "td", "th", "svg", "figure", "div", "ul", "p", "h2")) {
      assertThat(page.split("<" + tag + "[ >]", -1))
          .hasSameSizeAs(page.split("</" + tag + ">", -1));
    }
  }

  @Test
  void tableTwoHoldsOurFiguresBesideThePapers() {
    String page = Page.HTML;
    assertThat(row(page, "Number of tiles"))
        .containsExactly(
            "241", "1,302,691", "61", "18,785", "" + EVOLVED.indexes().length, "18,846");
    assertThat(row(page, "Climate zones")).containsExactly("4", "", "4", "", "4", "");
    assertThat(row(page, "Thematic (LULC) classes")).containsExactly("2", "", "2", "", "2", "");
    // 40, 80, 120 and 1: mean 60.25; without the single one mean 80, deviation 32.66.
    assertThat(row(page, "Tiles per climate zone").subList(0, 2))
        .containsExactly("601 to 120", "43,423");
    assertThat(row(page, "Tiles per combination, all").get(0)).isEqualTo("60 σ 44");
    assertThat(row(page, "Tiles per combination with more than 18").subList(0, 4))
        .containsExactly("80 σ 33", "7,434 σ 16,395", "20 σ 0", "98 σ 4");
    SampleStatistics random = SampleStatistics.of(ARCHIVE, RANDOM.indexes());
    assertThat(row(page, "Average distance").get(2))
        .isEqualTo(Html.number(random.pairs().orElseThrow().distanceKm().value(), 0) + " km");
    assertThat(row(page, "Distance within <i>S</i><sub>u,v</sub>, weighted by tiles").get(1))
        .isEqualTo(Html.number(random.withinStrata().orElseThrow().perTile().value(), 0) + " km");
    assertThat(withoutPictures(builder().published(false).build().html()))
        .doesNotContain("MTom", "18,846", "5,106");
  }

  /** The cells of a row of the first table, without their tags. */
  private static List<String> row(String page, String label) {
    Matcher row =
        Pattern.compile("<tr><th>" + Pattern.quote(label) + "</th>(.*?)</tr>", Pattern.DOTALL)
            .matcher(page);
    assertThat(row.find()).as("row %s", label).isTrue();
    return Pattern.compile("<td[^>]*>(.*?)</td>")
        .matcher(row.group(1))
        .results()
        .map(cell -> cell.group(1).replaceAll("<[^>]*>", ""))
        .toList();
  }

  @Test
  void theTableOfStrataHoldsEntropiesAndTheirGain() {
    String page = Page.HTML;
    String strata = page.substring(page.indexOf("id=\"strata\""));
    List<String> rows =
        Pattern.compile("<tr><td class=\"text\">(.*?)</tr>", Pattern.DOTALL)
            .matcher(strata)
            .results()
            .map(row -> row.group(1))
            .toList();
    assertThat(rows).hasSize(3);
    double before = Double.POSITIVE_INFINITY;
    for (String row : rows) {
      List<Double> values =
          Pattern.compile("data-value=\"([^\"]*)\"")
              .matcher(row)
              .results()
              .map(value -> Double.valueOf(value.group(1)))
              .toList();
      assertThat(values).hasSize(7);
      assertThat(values.get(4)).isCloseTo(values.get(3) - values.get(2), within(1e-12));
      assertThat(values.get(4)).isPositive().isLessThanOrEqualTo(before);
      before = values.get(4);
    }
  }

  @Test
  void theTreeOfStatisticsIsPlainJson() {
    SamplingReport report =
        builder()
            .baseline("Random", RANDOM)
            .other("Again", RANDOM)
            .provenance(Map.of("seed", "11"))
            .build();
    JsonNode json = new ObjectMapper().valueToTree(report.statistics());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "perStratum",
            "archive",
            "baseline",
            "selection",
            "others",
            "gainWithinStrata",
            "dropped",
            "provenance");
    assertThat(json.at("/archive/statistics/tiles").asInt()).isEqualTo(241);
    assertThat(json.at("/baseline/selector").asText()).isEqualTo("stratified-random");
    assertThat(json.at("/others/0/name").asText()).isEqualTo("Again");
    assertThat(json.at("/gainWithinStrata/perStratum").asDouble())
        .isEqualTo(
            json.at("/selection/statistics/distanceWithinStrataKm/perStratum/value").asDouble()
                / json.at("/baseline/statistics/distanceWithinStrataKm/perStratum/value")
                    .asDouble());
    assertThat(json.at("/gainWithinStrata/published").asDouble()).isCloseTo(2.82, within(0.005));
    assertThat(json.at("/provenance/seed").asText()).isEqualTo("11");
  }

  @Test
  void withoutBaselineHistoryAndCoastsThePageIsShorter() {
    SamplingReport report =
        SamplingReport.builder().archive("All", ARCHIVE).selection("Random", RANDOM).build();
    String page = withoutPictures(report.html());
    assertThat(page)
        .contains("mean distance of two tiles of a stratum")
        .doesNotContain("<h2>Convergence")
        .doesNotContain("<h2>Entropy per stratum")
        .doesNotContain("id=\"strata\"")
        .doesNotContain("NaN");
    assertThat(report.statistics()).doesNotContainKeys("baseline", "gainWithinStrata");
  }

  @Test
  void anArchiveOfOneTileHasAPage() {
    DescribedArchive one = DescribedArchive.builder().add("a", 180, -90, 1, 10).build();
    Sample sample = StratifiedSampler.builder().build().sample(one);
    SamplingReport report =
        SamplingReport.builder()
            .archive("One", one)
            .baseline("Random", sample)
            .selection("Evolved", sample)
            .build();
    assertThat(withoutPictures(report.html()))
        .contains("1 of 1 tile selected from “One”")
        .contains("<td>–</td>")
        .doesNotContain("NaN");
    assertThat(report.statistics()).doesNotContainKey("gainWithinStrata");
  }

  @Test
  void tilesAtOnePlaceHaveAPageAndNoInfiniteGain() {
    DescribedArchive.Builder heap = DescribedArchive.builder();
    for (int i = 0; i < 30; i++) {
      heap.add("t" + i, 7, 7, 1, 10);
    }
    DescribedArchive archive = heap.build();
    StratifiedSampler.Builder sampler = StratifiedSampler.builder().perStratum(10);
    GeneticSelector genetic = GeneticSelector.builder().generations(5).build();
    SamplingReport report =
        SamplingReport.builder()
            .archive("Heap", archive)
            .baseline("Random", sampler.selector(new StratifiedRandom()).build().sample(archive))
            .selection("Evolved", sampler.selector(genetic).build().sample(archive))
            .perStratum(10)
            .build();
    assertThat(withoutPictures(report.html())).doesNotContain("NaN").doesNotContain("Infinity");
    JsonNode json = new ObjectMapper().valueToTree(report.statistics());
    assertThat(json.get("gainWithinStrata").has("perStratum")).isFalse();
  }

  @Test
  void whatIsMissingTwiceOrForeignIsNamed() {
    assertThatThrownBy(() -> SamplingReport.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("archive must be set");
    assertThatThrownBy(() -> SamplingReport.builder().archive("a", ARCHIVE).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("selection must be set");
    assertThatThrownBy(() -> builder().archive("b", ARCHIVE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("archive is set already");
    assertThatThrownBy(() -> builder().selection("b", EVOLVED))
        .hasMessage("selection is set already");
    assertThatThrownBy(() -> builder().baseline("b", RANDOM).baseline("c", RANDOM))
        .hasMessage("baseline is set already");
    assertThatThrownBy(() -> builder().perStratum(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("perStratum must be at least 1 but was 0");
    assertThatThrownBy(() -> builder().cellDegrees(91).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cellDegrees must be in 0.05..90 but was 91");
    DescribedArchive empty = DescribedArchive.builder().build();
    Sample none = new Sample("none", 0, List.of());
    assertThatThrownBy(
            () -> SamplingReport.builder().archive("Void", empty).selection("s", none).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("archive must have locations but Void was empty");
    DescribedArchive small = DescribedArchive.builder().add("a", 0, 0, 1, 10).build();
    assertThatThrownBy(
            () -> SamplingReport.builder().archive("Small", small).selection("s", RANDOM).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("indexes must be in 0..0");
  }

  @Test
  void anEmptySelectionHasAPage() {
    Sample none =
        new Sample(
            "none", 0, List.of(new StratumSample(ARCHIVE.stratum(0), 40, new int[0], List.of())));
    String page =
        withoutPictures(
            SamplingReport.builder()
                .archive("All", ARCHIVE)
                .selection("None", none)
                .build()
                .html());
    assertThat(page).contains("0 of 241 tiles").doesNotContain("NaN");
  }

  @Test
  void sampledMeansShowTheirError() {
    StatisticsCalculator rough =
        StatisticsCalculator.builder().exactPairs(100).sampledPairs(400).build();
    String page = withoutPictures(builder().calculator(rough).build().html());
    assertThat(row(page, "Average distance").get(0)).matches("[0-9,]+ ± [0-9,.]+ km");
    assertThat(page).contains("of up to 100 pairs").contains("means over 400 pairs");
  }

  @Test
  void theFileIsWrittenWholeAndItsFolderMustExist(@TempDir Path folder) throws IOException {
    SamplingReport report =
        builder()
            .coastLines(List.of(new GeometryFactory().createLineString(new Coordinate[] {})))
            .build();
    Path file = folder.resolve("report.html");
    report.write(file);
    assertThat(Files.readString(file)).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
    assertThat(Files.readString(file)).isEqualTo(report.html());
    assertThat(folder.toFile().list()).containsExactly("report.html");
    assertThatThrownBy(() -> report.write(folder.resolve("none/report.html")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot write the report");
  }
}
