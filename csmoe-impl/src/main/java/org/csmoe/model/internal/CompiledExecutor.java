package org.csmoe.model.internal;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.compiler.internal.NotDifferentiableException;
import org.csmoe.compiler.internal.Plan;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.compiler.internal.Tensors;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs graphs as compiled plans. Plans are kept for the signatures that were used last. Runs of one
 * plan go side by side where there are cores for them, each on an arena of its own.
 */
final class CompiledExecutor implements GraphExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledExecutor.class);
  private static final int PLANS = 4;

  private final Cores cores;
  private final ReadWriteLock changing = new ReentrantReadWriteLock();
  private final IdentityHashMap<SameDiff, Map<Key, Plan>> plans = new IdentityHashMap<>();
  private final Set<Gradients> undifferentiable = new HashSet<>();
  private final SameDiffExecutor session;

  /** What a plan of a graph is for. */
  private record Key(Signature signature, Optional<Gradients> gradients) {}

  CompiledExecutor(Cores cores) {
    this.cores = cores;
    this.session = new SameDiffExecutor(cores);
  }

  @Override
  public void run(
      SameDiff graph, Signature signature, Consumer<Tensors> write, Consumer<Tensors> read) {
    with(graph, new Key(signature, Optional.empty()), plan -> run(plan, write, read));
  }

  private Plan run(Plan plan, Consumer<Tensors> write, Consumer<Tensors> read) {
    return cores.use(
        () -> {
          plan.run(write, read);
          return plan;
        });
  }

  @Override
  public void differentiate(
      SameDiff graph,
      Signature signature,
      Gradients gradients,
      Consumer<Tensors> write,
      Consumer<Tensors> read) {
    Lock alone = changing.writeLock();
    alone.lock();
    try {
      Plan plan = findOrCompile(graph, signature, gradients);
      if (plan != null) {
        run(plan, write, read);
      } else {
        session.differentiate(graph, signature, gradients, write, read);
      }
    } finally {
      alone.unlock();
    }
  }

  /** Null for what the compiler cannot differentiate. */
  private @Nullable Plan findOrCompile(SameDiff graph, Signature signature, Gradients gradients) {
    if (undifferentiable.contains(gradients)) {
      return null;
    }
    try {
      return findOrCompile(graph, new Key(signature, Optional.of(gradients)));
    } catch (NotDifferentiableException e) {
      LOG.warn("SameDiff's session differentiates this graph, which is slower: {}", e.getMessage());
      undifferentiable.add(gradients);
      return null;
    }
  }

  @Override
  public String explain(SameDiff graph, Signature signature, Optional<Gradients> gradients) {
    return with(graph, new Key(signature, gradients), Plan::explain);
  }

  @Override
  public long workingBytes(SameDiff graph, Signature signature) {
    return with(graph, new Key(signature, Optional.empty()), Plan::arenaBytes);
  }

  @Override
  public Set<String> packable(SameDiff graph) {
    return GraphCompiler.packable(graph);
  }

  /** Does something with a plan, which is not closed meanwhile. */
  private <T> T with(SameDiff graph, Key key, Function<Plan, T> use) {
    while (true) {
      changing.readLock().lock();
      try {
        Plan plan = find(graph, key);
        if (plan != null) {
          return use.apply(plan);
        }
      } finally {
        changing.readLock().unlock();
      }
      changing.writeLock().lock();
      try {
        findOrCompile(graph, key);
      } finally {
        changing.writeLock().unlock();
      }
    }
  }

  private @Nullable Plan find(SameDiff graph, Key key) {
    // Finding one changes the order in which they were used.
    synchronized (plans) {
      Map<Key, Plan> known = plans.get(graph);
      return known == null ? null : known.get(key);
    }
  }

  private Plan findOrCompile(SameDiff graph, Key key) {
    Plan plan = find(graph, key);
    if (plan != null) {
      return plan;
    }
    synchronized (plans) {
      Map<Key, Plan> known =
          plans.computeIfAbsent(graph, any -> new LinkedHashMap<>(2 * PLANS, 0.75f, true));
      // The one unused for longest goes before the new one takes memory.
      if (known.size() >= PLANS) {
        Iterator<Plan> oldest = known.values().iterator();
        oldest.next().close();
        oldest.remove();
      }
      Plan compiled =
          key.gradients()
              .map(
                  wanted ->
                      GraphCompiler.compile(graph, key.signature(), wanted.loss(), wanted.arrays()))
              .orElseGet(() -> GraphCompiler.compile(graph, key.signature()));
      known.put(key, compiled);
      return compiled;
    }
  }

  @Override
  public void close() {
    changing.writeLock().lock();
    try {
      plans.values().forEach(known -> known.values().forEach(Plan::close));
      plans.clear();
    } finally {
      changing.writeLock().unlock();
    }
  }
}
