package org.csmoe;

/** How many slots each expert has. */
public sealed interface Slots {
  /**
   * {@code ceil(tokens / experts)} slots per expert; the slot embeddings are projections of the
   * means of consecutive segments of {@code experts} tokens (CLS token included, the last segment
   * may be short).
   */
  record Dynamic() implements Slots {}

  /**
   * A constant number of slots per expert, with trained slot embeddings that do not depend on the
   * input: the ablation.
   *
   * @param perExpert slots per expert, 1 to 4096
   */
  record Fixed(int perExpert) implements Slots {
    /** Checks the value. */
    public Fixed {
      if (perExpert < 1 || perExpert > 4096) {
        throw new IllegalArgumentException(
            "perExpert must be between 1 and 4096 but was " + perExpert);
      }
    }
  }

  /**
   * The published model's rule: as many slots as tokens, rounded up.
   *
   * @return the rule
   */
  static Slots dynamic() {
    return new Dynamic();
  }

  /**
   * A constant number of slots.
   *
   * @param perExpert slots per expert, 1 to 4096
   * @return the rule
   */
  static Slots fixed(int perExpert) {
    return new Fixed(perExpert);
  }

  /**
   * Slots per expert for a number of tokens.
   *
   * @param tokens tokens that enter the layer
   * @param experts experts of the layer
   * @return slots per expert
   */
  default int perExpert(int tokens, int experts) {
    return this instanceof Fixed fixed ? fixed.perExpert() : (tokens + experts - 1) / experts;
  }
}
