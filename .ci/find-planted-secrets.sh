#!/usr/bin/env bash
# Searches files and folders for the credentials that tests plant, in every form that the list names.
#   find-planted-secrets.sh LIST PATH...
# Ends with 0 if none is there, 1 if one is (says in which file, and which line of the list; never the secret), 2 if there was nothing to search for or in.
set -uo pipefail
list="${1:?the list of planted secrets}"; shift
marks="$(grep -v -e '^#' -e '^$' "$list")"
[ -n "$marks" ] || { echo "There is no planted secret in $list: the search would find nothing." >&2; exit 2; }
[ "$#" -gt 0 ] && [ -n "$(find "$@" -type f -size +0 -print -quit 2>/dev/null)" ] || { echo "There is no output to search for planted secrets." >&2; exit 2; }

found=0
while IFS= read -r mark; do
  files="$(grep -rliF -e "$mark" -- "$@")"
  if [ "$?" -gt 1 ]; then echo "The search for planted secrets failed." >&2; exit 2; fi
  if [ -n "$files" ]; then
    found=1
    printf 'Line %s of %s is in: %s\n' "$(grep -nxF -e "$mark" "$list" | head -n 1 | cut -d: -f1)" "$(basename "$list")" "$(echo "$files" | tr '\n' ' ')" >&2
  fi
done <<< "$marks"
exit "$found"
