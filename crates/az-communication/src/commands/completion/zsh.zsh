#compdef az
# zsh completion for az communication. Other words go on to the completion that was there before.

{{data}}
_az_communication_ask_former() {
    [[ -n $_az_communication_former ]] && eval "$_az_communication_former"
}

_az_communication() {
    emulate -L zsh
    # What the functions of the completion system rely on.
    setopt localoptions ${_comp_options[@]}
    local words_path expects child offered=1
    _az_communication_state "${(@)words[2,CURRENT-1]}"
    # The first word that is not an option begins the command of `emulator run`, also without `--`.
    if [[ $child == 0 && -z $expects && -n $PREFIX && $PREFIX != -* ]] && _az_communication_runs "$words_path"; then
        child=$(( CURRENT - 1 ))
    fi
    if (( child > 0 && child < CURRENT )); then
        shift $child words
        (( CURRENT -= child ))
        _normal
        return
    fi
    if ! _az_communication_is_ours "$words_path"; then
        _az_communication_ask_former
        return
    fi
    if [[ $PREFIX == --*=* ]]; then
        expects=$(_az_communication_kind "$words_path" "${PREFIX%%=*}")
        compset -P 1 '*='
    elif [[ $PREFIX == -* ]]; then
        expects=''
    fi
    # Names of files stay behind the @ that asks for what is in them.
    if [[ $PREFIX == @* && -n $words_path ]]; then
        compset -P 1 '@'
        _files
        return
    fi
    case $expects in
        *'<file>') _files; return ;;
        # Anything may stand here.
        one|many) return 1 ;;
        one\ *|many\ *) compadd -- ${=expects#* }; return ;;
    esac
    compadd -- ${=$(_az_communication_words "$words_path")} && offered=0
    if _az_communication_is_shared "$words_path"; then
        _az_communication_ask_former && offered=0
    fi
    return $offered
}

if [[ $funcstack[1] == _az* ]]; then
    # Loaded from a file of $fpath at the first TAB.
    _az_communication "$@"
else
    if (( ! $+functions[compdef] )); then
        autoload -Uz compinit && compinit
    fi
    if [[ -n ${_comps[az]} && ${_comps[az]} != _az_communication ]]; then
        _az_communication_former=${_comps[az]}
    fi
    compdef _az_communication az
fi
