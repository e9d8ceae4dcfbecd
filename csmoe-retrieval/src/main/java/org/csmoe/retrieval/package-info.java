/**
 * Content-based image retrieval: which images of an archive are most like a query, across sensors.
 * Read {@link org.csmoe.retrieval.IndexWriter}, which makes an index, and {@link
 * org.csmoe.retrieval.RetrievalIndex}, which searches it, first.
 */
@NullMarked
package org.csmoe.retrieval;

import org.jspecify.annotations.NullMarked;
