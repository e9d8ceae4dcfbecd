/**
 * Checkpoint files: reading safetensors and PyTorch archives, writing safetensors, mapping tensor
 * names, and keeping verified downloads. Read {@link org.csmoe.weights.Checkpoint} first.
 */
@NullMarked
package org.csmoe.weights;

import org.jspecify.annotations.NullMarked;
