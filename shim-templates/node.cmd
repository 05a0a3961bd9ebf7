@echo off
rem brood stands in for @NAME@ on PATH. Windows has no exec: the real @NAME@ runs as a child, through foreground-child.
setlocal
set "BROOD_SHIM_DIRECTORY=%~dp0"
"@NODE@" "@FOREGROUND@" @NAME@ @NODE_FLAGS@%*
exit /b %errorlevel%
