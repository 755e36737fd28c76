import { type Place, stepsOf } from './words.ts';

/** A text within single quotation marks, for all three shells: fish takes `'\''`, too. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const listed = (words: readonly string[]) => quoted(words.join(' '));
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** The script that each shell reads, by the shell's name. */
export const SHELLS: Readonly<Record<string, (places: readonly Place[]) => string>> = { bash, zsh, fish };

function bash(places: readonly Place[]): string {
  const cases = places.map(({ path, commands, options, files, values }) => {
    const words = [...commands, ...options].map(({ word }) => word);
    return `    ${quoted(path)}) words=${listed(words)} files=${listed(files)} values=${listed(values)} ;;`;
  });
  return `# bash completion of monitor
_monitor() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' files='' values='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    # What stands behind -- is another command.
    [[ \${COMP_WORDS[i]} == -- ]] && return
    case "$path \${COMP_WORDS[i]}" in
      ${stepsOf(places).map(quoted).join('|')}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  [[ " $files " == *" $prev "* ]] && return
  if [[ " $values " == *" $prev "* ]]; then
    compopt +o default
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _monitor monitor`;
}

function zsh(places: readonly Place[]): string {
  const offers = (all: Place['options']) =>
    all.map(({ word, summary }) => quoted(`${word.replaceAll(':', '\\:')}:${oneLine(summary)}`)).join(' ');
  const cases = places.map(
    ({ path, commands, options, files, values }) =>
      `    ${quoted(path)}) commands=(${offers(commands)}) options=(${offers(options)}) files=${listed(files)} values=${listed(values)} ;;`,
  );
  return `#compdef monitor
# zsh completion of monitor
_monitor() {
  local at='' files='' values='' i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    if [[ $words[i] == -- ]]; then
      shift i words
      ((CURRENT -= i))
      _normal
      return
    fi
    case "$at $words[i]" in
      ${stepsOf(places)
        .map((step) => `(${quoted(step)})`)
        .join('|')}) at="\${at:+$at }$words[i]" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  if [[ " $files " == *" $words[CURRENT-1] "* ]]; then
    _files
  elif [[ " $values " == *" $words[CURRENT-1] "* ]]; then
    _message 'a value'
  elif [[ $words[CURRENT] == -* ]]; then
    _describe -o option options
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}
if [[ $funcstack[1] == _monitor ]]; then
  _monitor "$@"
else
  compdef _monitor monitor
fi`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options, files, values }) => {
    const at = `complete -c monitor -n ${quoted(`__monitor_at ${path === '' ? "''" : quoted(path)}`)}`;
    const value = (word: string) => (files.includes(word) ? ' -r -F' : values.includes(word) ? ' -x' : '');
    return [
      ...(commands.length === 0 ? [] : [`${at} -f`]),
      ...commands.map(({ word, summary }) => `${at} -a ${word} -d ${quoted(oneLine(summary))}`),
      ...options.map(({ word, summary }) => `${at} -l ${word.slice(2)}${value(word)} -d ${quoted(oneLine(summary))}`),
    ];
  });
  return `# fish completion of monitor
function __monitor_at
  set -l path ''
  for word in (commandline -opc)[2..-1]
    switch "$path $word"
      case ${stepsOf(places).map(quoted).join(' ')}
        set path (string trim -- "$path $word")
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}`;
}
