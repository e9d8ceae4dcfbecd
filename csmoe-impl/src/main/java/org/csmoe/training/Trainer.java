package org.csmoe.training;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.model.internal.AdamW;
import org.csmoe.model.internal.Gradients;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.training.TrainingResult.End;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loop that pretraining and fine-tuning share: samples are prepared ahead, gradients of parts
 * of a batch averaged, clipped, and applied; each epoch ends with a validation and a checkpoint.
 */
final class Trainer implements AutoCloseable {
  private final Task task;
  private final TrainingSettings settings;
  private final Dataset training;
  private final Optional<Dataset> validation;
  private final Augmentation augmentation;
  private final List<TrainingListener> listeners;
  private final GraphExecutor executor;
  private final Optional<Checkpoints> checkpoints;
  private final List<Parameter> trained;
  private final ParameterValues slopes;
  private final Optional<ParameterValues> sums;
  private final Optional<ParameterValues> best;
  private final Gradients gradients;
  private final AdamW optimiser;
  private final long stepsPerEpoch;
  private Progress progress = new Progress();
  private long started;
  private long startedAt;

  /** Whether values belong to no one step: batch norms have seen parts of one. */
  private boolean torn;

  /** Whether the epoch that just ended is the best, and its weights are not saved yet. */
  private boolean bestUnsaved;

  Trainer(
      Task task,
      TrainingSettings settings,
      Dataset training,
      Optional<Dataset> validation,
      Augmentation augmentation,
      List<TrainingListener> listeners,
      GraphExecutor executor,
      Optional<Checkpoints> checkpoints) {
    this.task = task;
    this.settings = settings;
    this.training = training;
    this.validation = validation.filter(dataset -> dataset.size() > 0);
    this.augmentation = augmentation;
    this.listeners = List.copyOf(listeners);
    this.executor = executor;
    this.checkpoints = checkpoints;
    this.stepsPerEpoch = training.size() / settings.batchSize();
    if (stepsPerEpoch == 0) {
      throw new IllegalArgumentException(
          "batchSize must be at most the number of training samples, %d, but was %d"
              .formatted(training.size(), settings.batchSize()));
    }
    this.trained =
        task.values().parameters().stream()
            .filter(parameter -> parameter.trainable() && task.rate(parameter) > 0)
            .toList();
    this.slopes = ParameterValues.allocate(trained);
    this.sums =
        settings.microBatches() == 1
            ? Optional.empty()
            : Optional.of(ParameterValues.allocate(trained));
    this.best =
        checkpoints.isPresent()
            ? Optional.empty()
            : Optional.of(ParameterValues.allocate(task.saved().parameters()));
    Map<String, INDArray> arrays = new HashMap<>();
    trained.forEach(parameter -> arrays.put(parameter.name(), slopes.array(parameter)));
    this.gradients = new Gradients(task.loss(), arrays);
    ParameterValues applied = sums.orElse(slopes);
    this.optimiser =
        new AdamW(
            trained.stream()
                .map(
                    parameter ->
                        new AdamW.Target(
                            task.values().array(parameter),
                            applied.array(parameter),
                            decays(parameter) ? settings.weightDecay() : 0,
                            task.rate(parameter)))
                .toList(),
            new AdamW.Settings(settings.beta1(), settings.beta2(), 1e-8));
  }

  private boolean decays(Parameter parameter) {
    return settings.decayAll() || parameter.tensorShape().stream().filter(n -> n > 1).count() > 1;
  }

  /** Trains until the end; the best weights are then in the task's values. */
  TrainingResult run() {
    checkpoints.ifPresent(Checkpoints::open);
    checkpoints
        .flatMap(files -> files.resume(training.size(), task.saved(), trained, optimiser))
        .ifPresent(found -> progress = found);
    progress.samples = training.size();
    started = progress.step;
    startedAt = System.nanoTime();
    listeners.forEach(listener -> listener.begins(progress.step));
    End end = progress.finished ? finished() : train();
    restoreBest();
    return progress.result(end);
  }

  private End finished() {
    return progress.epoch < settings.epochs() ? End.EARLY_STOP : End.COMPLETED;
  }

  private End train() {
    try (Prefetch prefetch = new Prefetch(new Ahead(progress.epoch, progress.stepInEpoch))) {
      while (progress.epoch < settings.epochs()) {
        while (progress.stepInEpoch < stepsPerEpoch) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          if (!step(prefetch)) {
            return End.DIVERGED;
          }
        }
        if (endEpoch()) {
          return End.EARLY_STOP;
        }
      }
      return End.COMPLETED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } catch (CsMoeException | UncheckedIOException e) {
      // A kernel, a wait for cores, or a listener's file noticed the interrupt first.
      throw Thread.currentThread().isInterrupted() ? interrupted(e) : e;
    }
  }

  /**
   * Saves where the training is. Between kernels, where most interrupts are noticed, weights and
   * moments are those of the last step: they change in {@link AdamW#update} alone, which does not
   * look for interrupts.
   */
  private CsMoeException interrupted(Exception cause) {
    String saved = "";
    if (checkpoints.isPresent()) {
      Checkpoints files = checkpoints.get();
      if (!torn) {
        save(files);
      }
      saved =
          "; run it again on %s to go on%s"
              .formatted(files.folder(), torn ? " from its last checkpoint" : "");
    }
    return new CsMoeException(
        "training was interrupted after %d of %d steps%s".formatted(progress.step, steps(), saved),
        cause);
  }

  private void save(Checkpoints files) {
    if (bestUnsaved) {
      files.saveBest(progress, task.saved());
      bestUnsaved = false;
    }
    files.save(progress, task.saved(), trained, optimiser);
  }

  private long steps() {
    return settings.epochs() * stepsPerEpoch;
  }

  /** Fills the inputs of all parts of all steps to come, in order. */
  private final class Ahead implements Prefetch.Source {
    private final Samples samples =
        new Samples(training, settings.samplesPerStep(), settings.seed());
    private final Task.Filler filler = task.filler();
    private int epoch;
    private long part;

    Ahead(int epoch, long stepInEpoch) {
      this.epoch = epoch;
      this.part = stepInEpoch * settings.microBatches();
    }

    @Override
    public Inputs allocate() {
      return filler.allocate(settings.samplesPerStep(), joined(task.losses(), task.observed()));
    }

    @Override
    public boolean fill(Inputs inputs) {
      if (part == stepsPerEpoch * settings.microBatches()) {
        epoch++;
        part = 0;
      }
      if (epoch == settings.epochs()) {
        return false;
      }
      int position = 0;
      for (int index : samples.indices(epoch, part)) {
        Sample sample = augmentation.apply(training.get(index), settings.seed(), epoch, index);
        filler.fill(inputs, position++, sample, samples.random(epoch, index));
      }
      filler.finish(inputs);
      part++;
      return true;
    }
  }

  /** Makes an update; false if there is none to make, since a number is not finite. */
  private boolean step(Prefetch prefetch) throws InterruptedException {
    Map<String, Double> losses = new LinkedHashMap<>();
    int parts = settings.microBatches();
    for (int part = 0; part < parts; part++) {
      boolean first = part == 0;
      prefetch.use(
          inputs ->
              executor.differentiate(
                  task.graph(),
                  inputs.signature(),
                  gradients,
                  inputs::write,
                  found -> {
                    addLosses(losses, found, 1.0 / parts);
                    torn = !task.observed().isEmpty();
                    task.observe(found, settings.samplesPerStep());
                  }));
      sums.ifPresent(sum -> trained.forEach(each -> accumulate(sum, each, first)));
    }
    double norm = optimiser.gradientNorm() / parts;
    double loss = losses.getOrDefault(task.loss(), Double.NaN);
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      return false;
    }
    double rate = settings.learningRate(progress.step, stepsPerEpoch);
    double clip = settings.clipNorm();
    double kept = clip > 0 && norm > clip ? clip / norm : 1;
    optimiser.update(rate, kept / parts);
    progress.step++;
    progress.stepInEpoch++;
    losses.forEach((name, value) -> progress.sums.merge(name, value, Double::sum));
    torn = false;
    report(losses, rate, norm);
    return true;
  }

  private void accumulate(ParameterValues sum, Parameter parameter, boolean first) {
    INDArray slope = slopes.array(parameter);
    if (first) {
      sum.array(parameter).assign(slope);
    } else {
      sum.array(parameter).addi(slope);
    }
  }

  private void addLosses(Map<String, Double> losses, Tensors found, double weight) {
    for (String name : task.losses()) {
      losses.merge(name, found.get(name).get(0) * weight, Double::sum);
    }
  }

  private void report(Map<String, Double> losses, double rate, double norm) {
    double seconds = (System.nanoTime() - startedAt) * 1e-9;
    double perSecond = (progress.step - started) / seconds;
    TrainingListener.Step step =
        new TrainingListener.Step(
            progress.step,
            steps(),
            progress.epoch,
            shortNames(losses),
            rate,
            norm,
            perSecond * settings.batchSize(),
            Duration.ofMillis((long) ((steps() - progress.step) / perSecond * 1000)));
    listeners.forEach(listener -> listener.stepped(step));
  }

  /** Without the prefix that losses have in the graph. */
  static Map<String, Double> shortNames(Map<String, Double> losses) {
    Map<String, Double> result = new LinkedHashMap<>();
    losses.forEach((name, value) -> result.put(name.substring(name.indexOf('/') + 1), value));
    return result;
  }

  /** Validates and saves; true if training stops early. */
  private boolean endEpoch() {
    Map<String, Double> means = new LinkedHashMap<>();
    progress.sums.forEach((name, sum) -> means.put(name, sum / stepsPerEpoch));
    Map<String, Double> results = Map.of();
    double score = means.getOrDefault(task.loss(), Double.NaN);
    if (validation.isPresent()) {
      Task.Evaluation evaluation = evaluate(validation.get());
      results = evaluation.results();
      score = evaluation.score();
    }
    boolean isBest = score < progress.bestScore;
    if (isBest) {
      progress.bestScore = score;
      progress.bestEpoch = progress.epoch;
    }
    TrainingListener.Epoch epoch =
        new TrainingListener.Epoch(
            progress.epoch, settings.epochs(), progress.step, shortNames(means), results, isBest);
    progress.history.add(epoch);
    boolean stops =
        settings.patience() > 0 && progress.epoch - progress.bestEpoch >= settings.patience();
    progress.epoch++;
    progress.stepInEpoch = 0;
    progress.sums.clear();
    progress.finished = stops || progress.epoch == settings.epochs();
    if (isBest) {
      best.ifPresent(kept -> copy(task.saved(), kept));
    }
    bestUnsaved = isBest;
    // Before the checkpoint: what a listener wrote of an epoch that is then made again, it drops.
    listeners.forEach(listener -> listener.epochEnded(epoch));
    checkpoints.ifPresent(this::save);
    return stops;
  }

  private static List<String> joined(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).distinct().toList();
  }

  /** Runs over samples without training; masks are the same each time. */
  Task.Evaluation evaluate(Dataset dataset) {
    Task.Filler filler = task.filler();
    Samples samples = new Samples(dataset, 1, settings.seed());
    List<String> outputs = joined(task.losses(), task.outputs());
    Task.Evaluation evaluation = task.evaluation();
    int size = Math.min(settings.samplesPerStep(), dataset.size());
    Inputs inputs = filler.allocate(size, outputs);
    for (int first = 0; first < dataset.size(); first += size) {
      List<Sample> batch = new ArrayList<>();
      int count = Math.min(size, dataset.size() - first);
      Inputs fitting = count == size ? inputs : filler.allocate(count, outputs);
      for (int i = 0; i < count; i++) {
        Sample sample = dataset.get(first + i);
        SplittableRandom random = samples.random(Samples.VALIDATION, first + i);
        filler.fill(fitting, i, sample, random);
        batch.add(sample);
      }
      filler.finish(fitting);
      executor.run(
          task.evaluationGraph(),
          fitting.signature(),
          fitting::write,
          found -> evaluation.add(found, batch));
    }
    return evaluation;
  }

  private void restoreBest() {
    if (progress.bestEpoch < 0) {
      return;
    }
    best.ifPresent(kept -> copy(kept, task.saved()));
    checkpoints.ifPresent(files -> files.loadBest(task.saved()));
  }

  private static void copy(ParameterValues from, ParameterValues to) {
    from.parameters().forEach(each -> to.array(each).assign(from.array(each)));
  }

  @Override
  public void close() {
    optimiser.close();
    slopes.close();
    sums.ifPresent(ParameterValues::close);
    best.ifPresent(ParameterValues::close);
    checkpoints.ifPresent(Checkpoints::close);
  }
}
