/** JMH benchmarks; {@code benchmarks/embed.sh} runs them beside PyTorch. */
@NullMarked
package org.csmoe.benchmarks;

import org.jspecify.annotations.NullMarked;
