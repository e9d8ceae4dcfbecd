package org.csmoe.retrieval;

/**
 * An image that was found.
 *
 * @param entry the image
 * @param similarity cosine of the angle between its vector and the query's, -1 to 1
 */
public record Hit(IndexEntry entry, float similarity) {}
