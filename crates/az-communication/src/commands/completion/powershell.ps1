# PowerShell completion for az communication. The Azure CLI is asked about other words.

{{data}}
Register-ArgumentCompleter -Native -CommandName az -ScriptBlock {
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
            $kind = $azCommunicationKinds["$path $word"]
            if (-not $kind) { $kind = $azCommunicationKinds[$word] }
            if ($kind -and $kind -ne 'flag') { $expects = $kind }
        } elseif (-not $azCommunicationCommands.Contains($path)) {
            $path = "$path $word".Trim()
        }
    }
    $former = @()
    if (-not $azCommunicationWords.ContainsKey($path) -or $path -in '', 'communication') {
        # As the Azure CLI's documentation registers it.
        $file = New-TemporaryFile
        $env:ARGCOMPLETE_USE_TEMPFILES = 1
        $env:_ARGCOMPLETE_STDOUT_FILENAME = $file
        $env:COMP_LINE = $commandAst.ToString()
        $env:COMP_POINT = $cursorPosition
        $env:_ARGCOMPLETE = 1
        $env:_ARGCOMPLETE_SUPPRESS_SPACE = 0
        $env:_ARGCOMPLETE_IFS = "`n"
        $env:_ARGCOMPLETE_SHELL = 'powershell'
        az 2>&1 | Out-Null
        $former = @(Get-Content $file | Sort-Object)
        Remove-Item $file, Env:\_ARGCOMPLETE_STDOUT_FILENAME, Env:\ARGCOMPLETE_USE_TEMPFILES, Env:\COMP_LINE, `
            Env:\COMP_POINT, Env:\_ARGCOMPLETE, Env:\_ARGCOMPLETE_SUPPRESS_SPACE, Env:\_ARGCOMPLETE_IFS, `
            Env:\_ARGCOMPLETE_SHELL
    }
    $before = ''
    if ($wordToComplete -match '^(--[^=]+)=') {
        $before = $Matches[0]
        $kind = $azCommunicationKinds["$path $($Matches[1])"]
        $expects = if ($kind) { $kind } else { $azCommunicationKinds[$Matches[1]] }
    } elseif ($wordToComplete.StartsWith('-')) {
        $expects = ''
    }
    # Without an answer of ours, PowerShell completes names of files.
    $words = if (-not $expects) { $azCommunicationWords[$path] }
    elseif ($expects -match '^(one|many) (?!<file>)(.*)') { $Matches[2] }
    $offered = "$words" -split ' ' | ForEach-Object { if ($_) { "$before$_" } }
    @($former) + @($offered) | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | Select-Object -Unique |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
