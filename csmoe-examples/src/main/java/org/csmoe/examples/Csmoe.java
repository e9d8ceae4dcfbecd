package org.csmoe.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.csmoe.CsMoeException;
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

  /** For picocli. */
  Csmoe() {}

  /**
   * Runs a command and exits.
   *
   * @param arguments a sub-command and its options
   */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(arguments));
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
            String text = String.valueOf(exception.getMessage());
            error.println(
                "csmoe: "
                    + (exception instanceof IOException
                        ? exception.getClass().getSimpleName() + ": " + text
                        : text));
          } else {
            exception.printStackTrace(error);
          }
          error.flush();
          return 1;
        });
    return line;
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
