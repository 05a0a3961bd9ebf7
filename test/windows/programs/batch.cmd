@echo off
call node "%~dp0say.cjs" "a b" %1
set NODE_OPTIONS=--no-warnings
node "%~dp0say.cjs" x
