#!/bin/sh
# brood's stand-in for a program that a script replaces: it becomes node with that script, as if there were no brood.
# Same process, same arguments.

# The PATH without brood's directories, and the program that would have been found on it.
brood_found= brood_path= brood_was=path brood_rest=${PATH-}:
while [ -n "$brood_rest" ]; do
  brood_entry=${brood_rest%%:*} brood_rest=${brood_rest#*:}
  case $brood_entry in
    @DIRECTORY@) continue ;;
    @DIRECTORY@/.) brood_was=none; continue ;;
    */@PREFIX@[0-9]*) [ ! -f "$brood_entry/owner.json" ] || continue ;;
  esac
  brood_path=$brood_path:$brood_entry
  if [ -z "$brood_found" ] && [ -f "${brood_entry:-.}"/@NAME@ ] && [ -x "${brood_entry:-.}"/@NAME@ ]; then
    brood_found=${brood_entry:-.}/@NAME@
  fi
done
PATH=${brood_path#:}

# A context that is gone replaces nothing, nor does any below a mock, whatever became of PATH there: but for one made there.
if [ ! -r @DIRECTORY@/context.json ] || [ "${BROOD_REPLACED+mock}${BROOD_CONTEXT:+anew}" = mock ]; then
  exec @NAME@ "$@"
fi

case $brood_was:$PATH in none:@DEFAULT_PATH@) unset PATH ;; esac
case $brood_found in '' | /*) ;; *) brood_found=$PWD/$brood_found ;; esac

# What brood has put in front of NODE_OPTIONS: BROOD_CONTEXT says it in JSON. Where that is lost, it is what this context puts there.
brood_options= brood_rest=${BROOD_CONTEXT-}
case $brood_rest in
  *'"nodeOptions":"'*)
    brood_rest=${brood_rest#*'"nodeOptions":"'}
    while :; do
      brood_entry=${brood_rest%%[\\\"]*}
      brood_options=$brood_options$brood_entry brood_rest=${brood_rest#"$brood_entry"}
      case $brood_rest in \\[\\\"]*) ;; *) break ;; esac
      brood_rest=${brood_rest#?}
      brood_entry=${brood_rest%"${brood_rest#?}"}
      brood_options=$brood_options$brood_entry brood_rest=${brood_rest#?}
    done
    ;;
esac
for brood_entry in "$brood_options" @NODE_OPTIONS@; do
  while [ -n "$brood_entry" ]; do
    case ${NODE_OPTIONS-} in
      "$brood_entry") unset NODE_OPTIONS ;;
      "$brood_entry "*) NODE_OPTIONS=${NODE_OPTIONS#"$brood_entry "} ;;
      *" $brood_entry") NODE_OPTIONS=${NODE_OPTIONS%" $brood_entry"} ;;
      *" $brood_entry "*) NODE_OPTIONS=${NODE_OPTIONS%%" $brood_entry "*}' '${NODE_OPTIONS#*" $brood_entry "} ;;
      *) break ;;
    esac
  done
done
unset BROOD_CONTEXT BROOD_SHIM
BROOD_REPLACED=$brood_found
export BROOD_REPLACED
exec @NODE@ @FILE@ "$@"
