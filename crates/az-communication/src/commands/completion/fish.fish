# fish completion for {{title}}.{{about}}

{{data}}
# Reads the words up to the cursor. Sets the path, the kind of the next word, and the start of the command of `emulator run`.
function __{{id}}_state
    set -g __az_path ''
    set -g __az_expects ''
    set -g __az_child 0
    set -l at 1
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        set at (math $at + 1)
        if test -n "$__az_expects"; and not string match -q -- '-*' "$word"
            string match -q 'one*' -- $__az_expects; and set -g __az_expects ''
            continue
        end
        set -g __az_expects ''
        switch "$word"
            case --
                if __{{id}}_runs "$__az_path"
                    set -g __az_child (math $at + 1)
                    return
                end
            case '--*=*'
            case '-*'
                set -l kind (__{{id}}_kind "$__az_path" "$word")
                string match -qr '^(one|many)' -- "$kind"; and set -g __az_expects "$kind"
            case '*'
                if __{{id}}_runs "$__az_path"
                    set -g __az_child $at
                    return
                end
                __{{id}}_is_command "$__az_path"; or set -g __az_path (string trim -- "$__az_path $word"){{shorten}}
        end
    end
end

# Checks whether the words belong to this program. Other words are left to other completions.
function __{{id}}_is_here
    __{{id}}_state
    __{{id}}_is_ours "$__az_path"
end

function __{{id}}_complete
    set -l cur (commandline -ct)
    # The first word that is not an option begins the command of `emulator run`, even without `--`.
    if test $__az_child -eq 0; and test -z "$__az_expects"; and string match -qr '^[^-]' -- "$cur"
        __{{id}}_runs "$__az_path"; and set -g __az_child (math (count (commandline -opc)) + 1)
    end
    if test $__az_child -gt 0
        set -l words (commandline -opc)
        set -l child
        test (count $words) -ge $__az_child; and set child (string escape -- $words[$__az_child..-1])
        complete -C (string join ' ' -- $child "$cur")
        return
    end
    set -l expects $__az_expects
    set -l before ''
    set -l after "$cur"
    if string match -q -- '--*=*' "$cur"
        set -l parts (string split -m 1 = -- "$cur")
        set before $parts[1]=
        set after "$parts[2]"
        set expects (__{{id}}_kind "$__az_path" $parts[1])
    else if string match -q -- '-*' "$cur"
        set expects ''
    end
    # File names keep the @ before them, which stands for the content of the file.
    if string match -q '@*' -- "$after"; and test -n "$__az_path"
        for file in (__fish_complete_path (string sub -s 2 -- "$after"))
            printf '%s@%s\n' "$before" $file
        end
        return
    end
    switch "$expects"
        case '*<file>'
            for file in (__fish_complete_path "$after")
                printf '%s%s\n' "$before" $file
            end
        case one many
        case 'one *' 'many *'
            for word in (string split ' ' -- $expects)[2..-1]
                printf '%s%s\n' "$before" $word
            end
        case '*'
            __{{id}}_words "$__az_path"
    end
end

complete -c {{name}} -f -n __{{id}}_is_here -a '(__{{id}}_complete)'
{{former}}