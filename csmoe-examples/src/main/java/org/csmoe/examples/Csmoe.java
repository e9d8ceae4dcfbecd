package org.csmoe.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command line. Exit codes: 0 done, 1 something failed (the message says what), 2 the command
 * line was wrong.
 */
@Command(
    name = "csmoe",
    description = "Sentinel-1/2 imagery to features with the CSMoE foundation model.",
    mixinStandardHelpOptions = true,
    versionProvider = Csmoe.Version.class,
    subcommands = {
      QuickstartCommand.class,
      EmbedCommand.class,
      RoutingCommand.class,
      CostCommand.class,
      WeightsCommand.class,
      RasterCommand.class,
      SampleCommand.class,
      PatchesCommand.class,
      PretrainCommand.class,
      ProbeCommand.class,
      FinetuneCommand.class,
      SegmentCommand.class,
      IndexCommand.class,
      SearchCommand.class
    })
public final class Csmoe {

  /** A checkpoint of the largest model is 5 GB. */
  private static final int STOP_SECONDS = 60;

  /** For picocli. */
  Csmoe() {}

  /**
   * Runs a command and exits.
   *
   * @param arguments a sub-command and its options
   */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    Thread command = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(command, done), "csmoe-stop"));
    int code = commandLine().execute(arguments);
    done.countDown();
    System.exit(code);
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Csmoe());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // Or an option that a command does not have would count as one more of its folders.
    line.setUnmatchedOptionsAllowedAsOptionParameters(false);
    line.setExecutionExceptionHandler(
        (exception, command, result) -> {
          PrintWriter error = command.getErr();
          if (exception instanceof CsMoeException
              || exception instanceof IllegalArgumentException
              || exception instanceof IOException
              || exception instanceof UncheckedIOException) {
            error.println("csmoe: " + message(exception));
          } else {
            exception.printStackTrace(error);
          }
          error.flush();
          return 1;
        });
    return line;
  }

  private static String message(Exception exception) {
    if (!(exception instanceof IOException cause)) {
      return String.valueOf(exception.getMessage());
    }
    String reason = Failures.reason(cause);
    return cause instanceof FileSystemException system ? system.getFile() + ": " + reason : reason;
  }

  /**
   * Asked to stop (Ctrl-C, or a plain kill): interrupts the command, which then deletes what is
   * unfinished and saves what can be gone on with, and waits for it.
   */
  private static void stop(Thread command, CountDownLatch done) {
    if (done.getCount() == 0) {
      return;
    }
    System.err.println("csmoe: stopping, so that nothing unfinished is left");
    try {
      for (int i = 0; i < STOP_SECONDS; i++) {
        // More than once, since Java's fonts, for one, drop an interrupt while they are read.
        command.interrupt();
        if (done.await(1, TimeUnit.SECONDS)) {
          return;
        }
      }
      System.err.println("csmoe: gave up waiting; hidden files ending in .part may be left");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The version of the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Csmoe.class.getPackage().getImplementationVersion();
      return new String[] {"csmoe " + (version == null ? "(development)" : version)};
    }
  }
}
