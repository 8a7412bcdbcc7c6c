# Builds Limpid where its sources are newer than what is built; read by ./limpid, which sets $here and $lib.
# shellcheck shell=sh disable=SC2154

state=$here/.limpid

# Maven writes the file 'built', with the time at which the build began: what is edited meanwhile counts as newer.
stale() {
  built=$here/explorer/target/built
  [ -f "$lib/limpid.jar" ] && [ -f "$built" ] || return 0
  [ -n "$(find "$here/pom.xml" "$here"/*/pom.xml "$here"/*/src/main "$here/explorer/src/build" "$here/testdata/models" -newer "$built" 2>/dev/null | head -n 1)" ]
}

# One line for each module as its turn comes; the whole log goes to a file.
build() {
  if [ -f "$here/explorer/target/built" ]; then
    echo "limpid: building, since the sources are newer" >&2
  else
    echo "limpid: building Limpid, once: one to two minutes, and the time to download what Maven does not have yet" >&2
  fi
  rm -f "$state/failed"
  { "$here/mvnj" -B -ntp -Dstyle.color=never -f "$here/pom.xml" -pl explorer -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
    package 2>&1 || : >"$state/failed"; } | tee "$state/build.log" | while IFS= read -r line; do
    case $line in
      '[INFO] Building Limpid'*'['*'/'*']')
        name=${line#*Building }
        name=${name#Limpid: }
        step=${line##*[}
        echo "limpid:   ${step%]}  ${name%% [0-9]*}" >&2
        ;;
    esac
  done
  if [ -f "$state/failed" ]; then
    # Maven repeats itself and explains how to search for help: the lines before that matter.
    sed -n -e '/-> \[Help 1\]/q' -e '/^\[ERROR\]/p' -e '/^\[WARNING\].*\.java:/p' -e '/^mvnj:/p' "$state/build.log" | head -n 20 >&2
    echo "limpid: the build failed; the whole log is in $state/build.log" >&2
    exit 1
  fi
}

build_once() {
  if stale; then build; fi
}

if stale; then
  "$here/mvnj" --java-home >/dev/null || exit 2
  mkdir -p "$state" 2>/dev/null && [ -w "$state" ] || { echo "limpid: $here: the folder is not writable, so Limpid cannot be built here" >&2; exit 1; }
  # Two first uses at once: the second waits for the first one's build.
  if command -v flock >/dev/null 2>&1; then
    ( flock 9 && build_once ) 9>"$state/lock" || exit 1
  else
    until mkdir "$state/lock.d" 2>/dev/null; do
      holder=$(cat "$state/lock.d/pid" 2>/dev/null || echo)
      if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$state/lock.d"; fi
      sleep 1
    done
    echo $$ >"$state/lock.d/pid"
    trap 'rm -rf "$state/lock.d"' EXIT
    trap 'exit 1' HUP INT TERM
    build_once
    rm -rf "$state/lock.d"
    trap - EXIT HUP INT TERM
  fi
fi
