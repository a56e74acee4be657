# bash completion for {{title}}.{{about}}

{{data}}
# Puts the words up to the cursor together that bash takes apart at `=`, `:` and `@`: words, the index of each one's first
# part (starts) and its place in the line (places).
_{{id}}_split() {
    local line=${COMP_LINE:0:${COMP_POINT:-0}} rest at=0 part
    words=() starts=() places=()
    rest=$line
    while [ "$at" -le "$COMP_CWORD" ]; do
        part=${COMP_WORDS[at]}
        if [ -n "$line" ]; then
            local blanks=${rest%%[![:space:]]*}
            rest=${rest#"$blanks"}
            # Behind the cursor there may be more of it.
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

# Offers words, one in each line of stdin, where they begin with the word so far. Those that begin with PREFIX keep it, but
# for what readline leaves as it is.
_{{id}}_offer() { # PREFIX
    local tail=$cur mark one
    for mark in '=' ':'; do
        case $COMP_WORDBREAKS in *"$mark"*) tail=${tail##*"$mark"} ;; esac
    done
    # This one belongs to what follows it.
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
            # For readline, the @ is a part of the name: it would put a backslash before it, and no slash behind a folder.
            _{{id}}_offer "$1" < <(compgen -f -- "$2" | _{{id}}_quoted)
            case ${COMPREPLY[*]} in */) compopt -o nospace 2>/dev/null ;; esac
            return
            ;;
    esac
    compopt -o filenames 2>/dev/null
    _{{id}}_offer "$1" < <(compgen -f -- "$2")
}

# Names of files as they are typed: with a backslash before what the shell would read, and a slash behind folders.
_{{id}}_quoted() {
    local name home
    while IFS= read -r name; do
        home=''
        case $name in '~/'*) home='~/' name=${name#??} ;; esac
        [ -d "${home:+$HOME/}$name" ] && name=$name/
        [ -z "$name" ] || printf '%s%q\n' "$home" "$name"
    done
}

# Asks the completion that was there before.
_{{id}}_ask_former() {
    [ -n "$_{{id}}_former" ] || return 0
    # Its words then end with a blank of their own.
    case $_{{id}}_former_options in *nospace*) compopt -o nospace 2>/dev/null && blank=' ' ;; esac
    "$_{{id}}_former" "$@"
}

# Completes the command of `emulator run`, which begins with that word.
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
    # The first word that is not an option begins the command of `emulator run`, also without `--`.
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
    # Names of files stay behind the @ that asks for what is in them.
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
            # Anything: only variables and names of users complete, not files.
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
