# bash completion for {{title}}.{{about}}

{{data}}
# Joins the words up to the cursor, which bash splits at `=`, `:` and `@`. Sets the words (words), the index of the first part
# of each word (starts), and its position in the line (places).
_{{id}}_split() {
    local line=${COMP_LINE:0:${COMP_POINT:-0}} rest at=0 part
    words=() starts=() places=()
    rest=$line
    while [ "$at" -le "$COMP_CWORD" ]; do
        part=${COMP_WORDS[at]}
        if [ -n "$line" ]; then
            local blanks=${rest%%[![:space:]]*}
            rest=${rest#"$blanks"}
            # The word may continue after the cursor.
            [ "$at" -eq "$COMP_CWORD" ] && part=$rest
            if [ "$at" -gt 0 ] && [ -z "$blanks" ]; then
                words[${#words[@]}-1]+=$part
                rest=${rest#"$part"}
                at=$((at + 1))
                continue
            fi
        fi
        places+=($((${#line} - ${#rest})))
        words+=("$part")
        starts+=("$at")
        rest=${rest#"$part"}
        at=$((at + 1))
    done
}

# Offers the words on stdin, one per line, that begin with the word so far. PREFIX is kept, except for the part that readline
# leaves unchanged.
_{{id}}_offer() { # PREFIX
    local tail=$cur mark one
    for mark in '=' ':'; do
        case $COMP_WORDBREAKS in *"$mark"*) tail=${tail##*"$mark"} ;; esac
    done
    # The @ belongs to the text after it.
    case $COMP_WORDBREAKS in *@*) case $tail in *@*) tail=@${tail##*@} ;; esac ;; esac
    local kept=${cur%"$tail"}
    while IFS= read -r one; do
        one=$1$one
        COMPREPLY+=("${one#"$kept"}")
    done
}

_{{id}}_files() { # PREFIX WORD
    case $1$2 in
        *@*[\"\']* | *@\$*) ;;
        *@*)
            # For readline, the @ is part of the name. It would put a backslash before the @, and no slash after a folder.
            _{{id}}_offer "$1" < <(compgen -f -- "$2" | _{{id}}_quoted)
            case ${COMPREPLY[*]} in */) compopt -o nospace 2>/dev/null ;; esac
            return
            ;;
    esac
    compopt -o filenames 2>/dev/null
    _{{id}}_offer "$1" < <(compgen -f -- "$2")
}

# Prints file names as they are typed: with a backslash before special characters, and a slash after folders.
_{{id}}_quoted() {
    local name home
    while IFS= read -r name; do
        home=''
        case $name in '~/'*) home='~/' name=${name#??} ;; esac
        [ -d "${home:+$HOME/}$name" ] && name=$name/
        [ -z "$name" ] || printf '%s%q\n' "$home" "$name"
    done
}

# Calls the completion that was defined before.
_{{id}}_ask_former() {
    [ -n "$_{{id}}_former" ] || return 0
    # The words of this completion then end with their own blank.
    case $_{{id}}_former_options in *nospace*) compopt -o nospace 2>/dev/null && blank=' ' ;; esac
    "$_{{id}}_former" "$@"
}

# Completes the command of `emulator run`, which begins at the word with this index.
_{{id}}_child() { # INDEX
    local first=${starts[$1]} place=${places[$1]} spec
    if [ -z "$COMP_LINE" ]; then
        COMP_LINE="${COMP_WORDS[*]:first}" place=0 COMP_POINT=${#COMP_LINE}
    fi
    COMP_WORDS=("${COMP_WORDS[@]:first}") COMP_CWORD=$((COMP_CWORD - first))
    COMP_LINE=${COMP_LINE:place} COMP_POINT=$((COMP_POINT - place))
    if [ "$COMP_CWORD" -eq 0 ]; then
        case $cur in
            */*) _{{id}}_files '' "$cur" ;;
            *) _{{id}}_offer '' < <(compgen -c -- "$cur" | sort -u) ;;
        esac
        return
    fi
    local command=${COMP_WORDS[0]} loader
    spec=$(complete -p -- "$command" 2>/dev/null || complete -p -- "${command##*/}" 2>/dev/null)
    if [ -z "$spec" ]; then
        for loader in _comp_load _completion_loader __load_completion; do
            declare -F "$loader" >/dev/null && "$loader" "${command##*/}" >/dev/null 2>&1 && break
        done
        spec=$(complete -p -- "${command##*/}" 2>/dev/null)
    fi
    local option
    for option in nospace filenames bashdefault dirnames plusdirs nosort noquote; do
        case $spec in *"-o $option "*) compopt -o "$option" 2>/dev/null ;; esac
    done
    case $spec in
        *' -F '*)
            local name=${spec##* -F }
            "${name%% *}" "$command" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            ;;
        complete\ *)
            spec=${spec#complete }
            _{{id}}_offer '' < <(eval "compgen ${spec% *} -- \"\$cur\"" 2>/dev/null)
            ;;
    esac
}

_{{id}}() {
    local words_path expects child cur before after blank=''
    local -a words starts places
    COMPREPLY=()
    _{{id}}_split
    cur=${words[${#words[@]}-1]}
    _{{id}}_state "${words[@]:1:${#words[@]}-2}"
    # The first word that is not an option begins the command of `emulator run`, even without `--`.
    case $cur in
        '' | -*) ;;
        *)
            if [ "$child" -eq 0 ] && [ -z "$expects" ] && _{{id}}_runs "$words_path"; then
                child=$((${#words[@]} - 1))
            fi
            ;;
    esac
    if [ "$child" -gt 0 ] && [ "$child" -lt "${#words[@]}" ]; then
        _{{id}}_child "$child"
        return
    fi
    if ! _{{id}}_is_ours "$words_path"; then
        _{{id}}_ask_former "$@"
        return
    fi
    before='' after=$cur
    case $cur in
        --*=*)
            before=${cur%%=*}= after=${cur#*=}
            expects=$(_{{id}}_kind "$words_path" "${cur%%=*}")
            ;;
        -*) expects='' ;;
    esac
    # File names keep the @ before them, which stands for the content of the file.
    case $after in
        @*)
            if [ -n "$words_path" ]; then
                _{{id}}_files "$before@" "${after#@}"
                return
            fi
            ;;
    esac
    case $expects in
        *'<file>')
            _{{id}}_files "$before" "$after"
            return
            ;;
        one | many)
            # Any value: variables and user names are completed, but not files.
            compopt +o default 2>/dev/null
            return
            ;;
        one\ * | many\ *)
            _{{id}}_offer "$before" < <(compgen -W "${expects#* }" -- "$after")
            return
            ;;
    esac
    if _{{id}}_is_shared "$words_path"; then
        _{{id}}_ask_former "$@"
    fi
    local ours known=" ${COMPREPLY[*]} " one
    ours=$(compgen -W "$(_{{id}}_words "$words_path")" -- "$cur")
    for one in $ours; do
        case $known in *" $one "*) ;; *) COMPREPLY+=("$one$blank") ;; esac
    done
}

{{former}}complete -o bashdefault -o default -F _{{id}} {{name}}
