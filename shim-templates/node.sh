#!/bin/sh
# brood's stand-in for @NAME@ on PATH: it puts back what a program on the way may have lost,
# then becomes the @NAME@ that would have been found without it. Same process, same arguments.

# The PATH without this directory, and whether @NAME@ is on it.
brood_found= brood_path= brood_was=path brood_rest=${PATH-}:
while [ -n "$brood_rest" ]; do
  brood_entry=${brood_rest%%:*} brood_rest=${brood_rest#*:}
  case $brood_entry in
    @DIRECTORY@) continue ;;
    @DIRECTORY@/.) brood_was=none; continue ;;
  esac
  brood_path=$brood_path:$brood_entry
  if [ -f "${brood_entry:-.}"/@NAME@ ] && [ -x "${brood_entry:-.}"/@NAME@ ]; then
    brood_found=yes
  fi
done
PATH=${brood_path#:}

# A context that is gone, or that this user cannot read, wraps nothing, nor does any below a mock: but for one made there. No variable may
# take more than 128 kB.
if [ -r @DIRECTORY@/context.json ] && [ -r @PRELOAD@ ] && [ ${#NODE_OPTIONS} -lt 100000 ] &&
  [ "${BROOD_REPLACED+mock}${BROOD_CONTEXT:+anew}" != mock ]; then
  case ${NODE_OPTIONS-} in
    *@PRELOAD_OPTION@*) ;;
    *) NODE_OPTIONS=@NODE_OPTIONS@${NODE_OPTIONS+" $NODE_OPTIONS"} ;;
  esac
  if [ -z "${BROOD_CONTEXT-}" ]; then
    BROOD_CONTEXT=@CONTEXT@
  fi
  BROOD_SHIM=$brood_was
  export NODE_OPTIONS BROOD_CONTEXT BROOD_SHIM
fi

# Under the permission model, or a policy, node could not read the preload, and would not start.
case " $* ${NODE_OPTIONS-} " in
  *' --permission '* | *' --experimental-permission '* | *' --experimental-policy '* | *' --experimental-policy='*)
    case ${NODE_OPTIONS-} in
      @NODE_OPTIONS@) unset NODE_OPTIONS ;;
      @NODE_OPTIONS@' '*) NODE_OPTIONS=${NODE_OPTIONS#@NODE_OPTIONS@' '} ;;
    esac
    unset BROOD_CONTEXT BROOD_SHIM
    ;;
esac

if [ -n "$brood_found" ]; then
  exec @NAME@ @NODE_FLAGS@"$@"
fi
exec @FALLBACK@ @NODE_FLAGS@"$@"
