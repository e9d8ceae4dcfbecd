package org.csmoe.raster;

/**
 * The samples in the blocks of a raster.
 *
 * @param interleaved samples of a pixel that lie side by side
 * @param bits bits of a sample
 * @param reversedBits whether the first bit of a byte is its least significant one
 * @param conversion what makes pixels of them
 */
record StoredSamples(
    int interleaved, int bits, boolean reversedBits, SampleConversion conversion) {}
