# The existing completion of az. If it would be loaded at the first TAB, it is loaded now.
_{{id}}_remember() {
    local spec loader
    if ! complete -p az >/dev/null 2>&1; then
        for loader in _comp_load _completion_loader; do
            declare -F "$loader" >/dev/null && "$loader" az >/dev/null 2>&1 && break
        done
    fi
    spec=$(complete -p az 2>/dev/null)
    case $spec in
        *'-F _{{id}} '* | *'-F _minimal '* | *'-F _comp_complete_minimal '*) ;;
        *' -F '*)
            _{{id}}_former=${spec##* -F }
            _{{id}}_former=${_{{id}}_former%% *}
            _{{id}}_former_options=${spec%% -F *}
            ;;
    esac
}
_{{id}}_remember
