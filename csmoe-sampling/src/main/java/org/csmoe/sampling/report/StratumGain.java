package org.csmoe.sampling.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.sampling.Stratum;
import org.csmoe.sampling.selection.Sample;
import org.csmoe.sampling.selection.StratumSample;
import org.csmoe.sampling.statistics.PairStatistics;
import org.csmoe.sampling.statistics.SampleStatistics;
import org.csmoe.sampling.statistics.StratumStatistics;

/**
 * What the selection gained over the baseline in one stratum that left a choice and has pairs in
 * both.
 */
record StratumGain(
    Stratum stratum, int members, int selected, PairStatistics before, PairStatistics after) {

  double entropy() {
    return after.entropy() - before.entropy();
  }

  /** Those of all such strata, the greatest gain of entropy first. */
  static List<StratumGain> of(SampleStatistics baseline, SampleStatistics selected, Sample sample) {
    Map<Stratum, PairStatistics> before = pairs(baseline);
    Map<Stratum, PairStatistics> after = pairs(selected);
    List<StratumGain> gains = new ArrayList<>();
    for (StratumSample stratum : sample.strata()) {
      int chosen = stratum.indexes().length;
      PairStatistics was = before.get(stratum.stratum());
      PairStatistics is = after.get(stratum.stratum());
      if (chosen < stratum.memberCount() && was != null && is != null) {
        gains.add(new StratumGain(stratum.stratum(), stratum.memberCount(), chosen, was, is));
      }
    }
    gains.sort(Comparator.comparingDouble(StratumGain::entropy).reversed());
    return List.copyOf(gains);
  }

  private static Map<Stratum, PairStatistics> pairs(SampleStatistics statistics) {
    Map<Stratum, PairStatistics> pairs = new HashMap<>();
    for (StratumStatistics stratum : statistics.strata()) {
      stratum.pairs().ifPresent(p -> pairs.put(stratum.stratum(), p));
    }
    return pairs;
  }
}
