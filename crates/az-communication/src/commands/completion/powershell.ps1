# PowerShell completion for {{title}}.{{about}}

{{data}}
Register-ArgumentCompleter -Native -CommandName {{name}} -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $path = ''; $expects = ''
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete) { break }
        $word = $element.ToString()
        if ($expects -and -not $word.StartsWith('-')) {
            if ($expects.StartsWith('one')) { $expects = '' }
            continue
        }
        $expects = ''
        if ($word.StartsWith('--') -and $word.Contains('=')) { continue }
        if ($word.StartsWith('-')) {
            $kind = ${{var}}Kinds["$path $word"]
            if (-not $kind) { $kind = ${{var}}Kinds[$word] }
            if ($kind -and $kind -ne 'flag') { $expects = $kind }
        } elseif (-not ${{var}}Commands.Contains($path)) {
            $path = "$path $word".Trim(){{shorten}}
        }
    }
    $former = @()
{{former}}    $before = ''
    if ($wordToComplete -match '^(--[^=]+)=') {
        $before = $Matches[0]
        $kind = ${{var}}Kinds["$path $($Matches[1])"]
        $expects = if ($kind) { $kind } else { ${{var}}Kinds[$Matches[1]] }
    } elseif ($wordToComplete.StartsWith('-')) {
        $expects = ''
    }
    # If this returns nothing, PowerShell completes file names.
    $words = if (-not $expects) { ${{var}}Words[$path] }
    elseif ($expects -match '^(one|many) (?!<file>)(.*)') { $Matches[2] }
    $offered = "$words" -split ' ' | ForEach-Object { if ($_) { "$before$_" } }
    @($former) + @($offered) | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | Select-Object -Unique |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
