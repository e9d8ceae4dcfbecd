package org.csmoe.sampling.report;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class HtmlProperties {
  @Property
  void escapedTextHoldsNoMarkupAndReadsAsBefore(@ForAll String text) {
    String escaped = Html.escape(text);
    assertThat(escaped).doesNotContain("<", ">", "\"", "'");
    assertThat(escaped.replaceAll("&(amp|lt|gt|quot|#39);", "")).doesNotContain("&");
    String read =
        escaped
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&");
    assertThat(read).isEqualTo(text.replaceAll("[\\x00-\\x1f&&[^\\n\\t]]", "\uFFFD"));
  }

  @Example
  void figuresAreGroupedRoundedAndFreeOfTheMachinesLanguage() {
    assertThat(Html.number(1234567.891, 1)).isEqualTo("1,234,567.9");
    assertThat(Html.number(-12.25, 1)).isEqualTo("-12.3");
    assertThat(Html.number(-0.004, 2)).isEqualTo("0.00");
    assertThat(Html.number(-0.4, 0)).isEqualTo("0");
    assertThat(Html.count(9_876_543_210L)).isEqualTo("9,876,543,210");
    assertThat(Html.plural(1, "stratum", "strata")).isEqualTo("1 stratum");
    assertThat(Html.plural(0, "stratum", "strata")).isEqualTo("0 strata");
    assertThat(Html.at(12.0)).isEqualTo("12");
    assertThat(Html.at(12.346)).isEqualTo("12.35");
  }
}
