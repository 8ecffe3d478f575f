"""What turns a checkpoint into files that other programs run: GGUF for llama.cpp, ONNX for onnxruntime."""
