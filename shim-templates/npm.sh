#!/bin/sh
# brood's stand-in for npm on PATH: it puts back what a program on the way may have lost,
# then becomes the npm that would have been found without it. Same process, same arguments.

# The npm on PATH that is none of brood's: the shim of a context that knows nothing of this one would send us back here.
# The directory stays on PATH for what npm starts.
brood_found= brood_rest=${PATH-}:
while [ -n "$brood_rest" ]; do
  brood_entry=${brood_rest%%:*} brood_rest=${brood_rest#*:}
  case $brood_entry in @DIRECTORY@ | @DIRECTORY@/. | */@PREFIX@*) continue ;; esac
  if [ -z "$brood_found" ] && [ -f "${brood_entry:-.}"/npm ] && [ -x "${brood_entry:-.}"/npm ]; then
    brood_found=${brood_entry:-.}/npm
  fi
done

# A context that is gone, or that this user cannot read, wraps nothing. No variable may take more than 128 kB.
if [ -r @DIRECTORY@/context.json ] && [ -r @PRELOAD@ ] && [ ${#NODE_OPTIONS} -lt 100000 ]; then
  case ${NODE_OPTIONS-} in
    *@PRELOAD_OPTION@*) ;;
    *) NODE_OPTIONS=@NODE_OPTIONS@${NODE_OPTIONS+" $NODE_OPTIONS"} ;;
  esac
  if [ -z "${BROOD_CONTEXT-}" ]; then
    BROOD_CONTEXT=@CONTEXT@
  fi
  export NODE_OPTIONS BROOD_CONTEXT
fi

exec "${brood_found:-@FALLBACK@}" "$@"
