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

./mvnj -B -q -Dmaven.test.skip=true -Dspotless.check.skip package -Pbenchmarks -pl benchmarks,explorer -am
commit=$(git describe --always --dirty)
limpid_java() { # more flags, class, arguments
  "$(./mvnj --java-home)/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -cp benchmarks/target/benchmarks.jar "$@"
}
