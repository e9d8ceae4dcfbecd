package org.csmoe.weights;

/** What to do with a PyTorch file that cannot be read here. */
final class Advice {
  static final String RESAVE =
      "if you trust the file, save its tensors again in Python: "
          + "c = torch.load(\"old.ckpt\", map_location=\"cpu\", weights_only=False); "
          + "torch.save(c.get(\"state_dict\", c), \"new.pt\"), or "
          + "safetensors.torch.save_file({k: v.contiguous() ...}, \"new.safetensors\")";

  private Advice() {}
}
