#compdef {{name}}
# zsh completion for {{title}}.{{about}}

{{data}}
_{{id}}_ask_former() {
    [[ -n $_{{id}}_former ]] && eval "$_{{id}}_former"
}

_{{id}}() {
    emulate -L zsh
    # The functions of the completion system need these options.
    setopt localoptions ${_comp_options[@]}
    local words_path expects child offered=1
    _{{id}}_state "${(@)words[2,CURRENT-1]}"
    # The first word that is not an option begins the command of `emulator run`, even without `--`.
    if [[ $child == 0 && -z $expects && -n $PREFIX && $PREFIX != -* ]] && _{{id}}_runs "$words_path"; then
        child=$(( CURRENT - 1 ))
    fi
    if (( child > 0 && child < CURRENT )); then
        shift $child words
        (( CURRENT -= child ))
        _normal
        return
    fi
    if ! _{{id}}_is_ours "$words_path"; then
        _{{id}}_ask_former
        return
    fi
    if [[ $PREFIX == --*=* ]]; then
        expects=$(_{{id}}_kind "$words_path" "${PREFIX%%=*}")
        compset -P 1 '*='
    elif [[ $PREFIX == -* ]]; then
        expects=''
    fi
    # File names keep the @ before them, which stands for the content of the file.
    if [[ $PREFIX == @* && -n $words_path ]]; then
        compset -P 1 '@'
        _files
        return
    fi
    case $expects in
        *'<file>') _files; return ;;
        # Any value is possible here.
        one|many) return 1 ;;
        one\ *|many\ *) compadd -- ${=expects#* }; return ;;
    esac
    compadd -- ${=$(_{{id}}_words "$words_path")} && offered=0
    if _{{id}}_is_shared "$words_path"; then
        _{{id}}_ask_former && offered=0
    fi
    return $offered
}

if [[ $funcstack[1] == _{{name}}* ]]; then
    # zsh loads this from a file in $fpath at the first TAB.
    _{{id}} "$@"
else
    if (( ! $+functions[compdef] )); then
        autoload -Uz compinit && compinit
    fi
    if [[ -n ${_comps[{{name}}]} && ${_comps[{{name}}]} != _{{id}} ]]; then
        _{{id}}_former=${_comps[{{name}}]}
    fi
    compdef _{{id}} {{name}}
fi
