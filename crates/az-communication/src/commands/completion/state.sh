# Reads the words between {{name}} and the word to complete. Sets the path of the command (words_path), the kind of the next word
# (expects), and the start of the command of `emulator run` (child). `path` would be a special variable of zsh.
_{{id}}_state() { # WORD…
    words_path='' expects='' child=0
    local at=0 kind one
    for one in "$@"; do
        at=$((at + 1))
        if [ -n "$expects" ]; then
            case $one in
                -?*) ;;
                *)
                    case $expects in one*) expects='' ;; esac
                    continue
                    ;;
            esac
        fi
        expects=''
        case $one in
            --)
                if _{{id}}_runs "$words_path"; then
                    child=$((at + 1))
                    return
                fi
                ;;
            --*=*) ;;
            -*)
                kind=$(_{{id}}_kind "$words_path" "$one")
                case $kind in one* | many*) expects=$kind ;; esac
                ;;
            *)
                if _{{id}}_runs "$words_path"; then
                    child=$at
                    return
                fi
                if ! _{{id}}_is_command "$words_path"; then
                    words_path="${words_path:+$words_path }$one"{{shorten}}
                fi
                ;;
        esac
    done
}
