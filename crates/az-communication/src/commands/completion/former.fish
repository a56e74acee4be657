
# If this file comes before the file of the Azure CLI, fish reads only this file.
if string match -q '*/completions/az.fish' -- (status filename)
    for __az_file in $fish_complete_path/az.fish
        if test -f $__az_file; and not string match -q '*fish completion for az communication*' <$__az_file
            source $__az_file
            break
        end
    end
end
