#!/bin/sh
# Makes all golden data again, then the manifest.
set -e
cd "$(dirname "$0")"
python goldens.py
python gradients.py
python interventions.py
python tokenizer_goldens.py
python gguf_goldens.py
python lora_goldens.py
python gguf_families.py
python chat_goldens.py
python generation.py
python manifest.py
