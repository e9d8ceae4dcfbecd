package org.csmoe.retrieval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.csmoe.CsMoeException;

/**
 * One exact search: tiles of rows, each read once for all queries, taken in turn by the calling
 * thread and its helpers. Nothing is allocated per row. The result does not depend on the number of
 * threads.
 */
final class ExactSearch {
  /** From so many queries on it pays to turn rows into columns. */
  private static final int QUERIES_FOR_COLUMNS = 4;

  private static final int QUERIES_PER_BLOCK = 64;
  private static final int MAX_TILE_ROWS = 512;
  // A tile is to stay in the second-level cache, and the part of it in use in the first.
  private static final int TILE_VALUES = 1 << 18;
  private static final int DIMENSIONS_PER_STEP = 16;

  private final VectorRows rows;
  private final float[][] queries;
  private final int k;
  private final BitSet accepted;
  private final int firstRow;
  private final int tileRows;
  private final int tiles;
  private final AtomicInteger nextTile = new AtomicInteger();

  /**
   * Prepares a search.
   *
   * @param queries of length 1
   * @param k how many rows to find for each
   * @param accepted rows that may be found
   * @param firstRow rows before it are not looked at
   */
  ExactSearch(VectorRows rows, List<float[]> queries, int k, BitSet accepted, int firstRow) {
    this.rows = rows;
    int padded = padded(rows.dimension());
    // Dimensions beyond the last are 0 and change no sum.
    this.queries =
        queries.stream().map(query -> Arrays.copyOf(query, padded)).toArray(float[][]::new);
    this.k = k;
    this.accepted = accepted;
    this.firstRow = firstRow;
    int fitting = TILE_VALUES / rows.dimension() / DotProducts.ROWS * DotProducts.ROWS;
    tileRows = Math.min(MAX_TILE_ROWS, Math.max(DotProducts.ROWS, fitting));
    tiles = Math.max(0, rows.size() - firstRow + tileRows - 1) / tileRows;
  }

  private static int padded(int dimension) {
    return (dimension + DotProducts.DIMENSIONS - 1)
        / DotProducts.DIMENSIONS
        * DotProducts.DIMENSIONS;
  }

  /** Hits of each query, best first. */
  List<TopHits> run(Executor helpers, int threads) {
    Worker own = new Worker();
    List<Helper> helping = new ArrayList<>();
    try {
      for (int i = 1; i < Math.min(threads, tiles); i++) {
        Helper helper = new Helper();
        helping.add(helper);
        helpers.execute(helper);
      }
      own.work();
      // Helpers may have taken every tile before this thread, the one that is asked, saw any.
      requireNoInterrupt(tiles);
    } finally {
      // After a failure here, too: nobody may go on in rows that are perhaps closed next.
      nextTile.set(tiles);
      helping.forEach(Helper::finish);
    }
    List<TopHits> hits = own.hits;
    for (Helper helper : helping) {
      helper.addTo(hits);
    }
    hits.forEach(TopHits::sort);
    return hits;
  }

  private void requireNoInterrupt(int tile) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CsMoeException("search: interrupted at tile %d of %d".formatted(tile, tiles));
    }
  }

  /** A worker in another thread; what nobody has begun when the tiles are done never begins. */
  private final class Helper implements Runnable {
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompletableFuture<List<TopHits>> result = new CompletableFuture<>();

    @Override
    public void run() {
      if (!taken.compareAndSet(false, true)) {
        return;
      }
      try {
        Worker worker = new Worker();
        worker.work();
        result.complete(worker.hits);
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }

    void finish() {
      if (taken.compareAndSet(false, true)) {
        result.complete(List.of());
      }
      // Tiles take milliseconds; an interrupt meanwhile is seen by the next search.
      result.handle((hits, failure) -> true).join();
    }

    void addTo(List<TopHits> hits) {
      try {
        List<TopHits> found = result.join();
        for (int q = 0; q < found.size(); q++) {
          hits.get(q).offerAll(found.get(q));
        }
      } catch (CompletionException e) {
        throw e.getCause() instanceof CsMoeException failure ? failure : e;
      }
    }
  }

  /** What one thread needs: a few rows, a tile as columns, scores. */
  private final class Worker {
    private final int dimension = rows.dimension();
    private final boolean inColumns = queries.length >= QUERIES_FOR_COLUMNS;
    private final float[] group = new float[DotProducts.ROWS * dimension];
    private final float[][] columns =
        inColumns ? new float[padded(dimension)][tileRows] : new float[0][];
    private final float[][] scores =
        new float[Math.min(queries.length, QUERIES_PER_BLOCK)][tileRows];
    private final int[] tile = new int[tileRows];
    private final List<TopHits> hits = new ArrayList<>();

    Worker() {
      for (int q = 0; q < queries.length; q++) {
        hits.add(new TopHits(k));
      }
    }

    void work() {
      for (int t = nextTile.getAndIncrement(); t < tiles; t = nextTile.getAndIncrement()) {
        requireNoInterrupt(t);
        int from = firstRow + t * tileRows;
        int count = gather(from, Math.min(rows.size() - from, tileRows) + from);
        if (count == 0) {
          continue;
        }
        if (inColumns) {
          for (int q = 0; q < queries.length; q += QUERIES_PER_BLOCK) {
            block(q, Math.min(queries.length - q, QUERIES_PER_BLOCK), count);
          }
        } else {
          offer(0, queries.length, count);
        }
      }
    }

    /** Reads the accepted rows of a tile; with few queries their scores are then computed. */
    private int gather(int from, int to) {
      int count = 0;
      int inGroup = 0;
      int row = accepted.nextSetBit(from);
      while (row >= 0 && row < to) {
        int clear = accepted.nextClearBit(row);
        int end = Math.min(clear, to);
        while (row < end) {
          int run = Math.min(end - row, DotProducts.ROWS - inGroup);
          rows.copy(row, run, group, inGroup * dimension);
          for (int i = 0; i < run; i++) {
            tile[count++] = row++;
          }
          inGroup += run;
          if (inGroup == DotProducts.ROWS) {
            take(count - inGroup);
            inGroup = 0;
          }
        }
        row = row < to ? accepted.nextSetBit(row) : -1;
      }
      if (inGroup > 0) {
        // Rows left in the group from before are computed, too, and not looked at.
        take(count - inGroup);
      }
      return count;
    }

    private void take(int place) {
      if (inColumns) {
        DotProducts.transpose(group, dimension, columns, place);
        return;
      }
      for (int q = 0; q < queries.length; q++) {
        DotProducts.rows(queries[q], group, dimension, scores[q], place);
      }
    }

    private void block(int first, int count, int inTile) {
      for (int q = 0; q < count; q++) {
        Arrays.fill(scores[q], 0, inTile, 0f);
      }
      for (int from = 0; from < columns.length; from += DIMENSIONS_PER_STEP) {
        int to = Math.min(from + DIMENSIONS_PER_STEP, columns.length);
        int q = 0;
        for (; q + 1 < count; q += 2) {
          float[] one = queries[first + q];
          float[] two = queries[first + q + 1];
          for (int d = from; d < to; d += DotProducts.DIMENSIONS) {
            DotProducts.fourOfTwo(one, two, columns, d, scores[q], scores[q + 1], inTile);
          }
        }
        for (; q < count; q++) {
          for (int d = from; d < to; d += DotProducts.DIMENSIONS) {
            DotProducts.four(queries[first + q], columns, d, scores[q], inTile);
          }
        }
      }
      offer(first, count, inTile);
    }

    private void offer(int first, int count, int inTile) {
      for (int q = 0; q < count; q++) {
        TopHits top = hits.get(first + q);
        float[] row = scores[q];
        float threshold = top.threshold();
        for (int r = 0; r < inTile; r++) {
          if (row[r] >= threshold) {
            top.offer(row[r], tile[r]);
            threshold = top.threshold();
          }
        }
      }
    }
  }
}
