@echo off
rem Starts Latchkey on Windows: sets up .venv beside this file, then runs app.py with what follows.
rem Example: start.cmd --practice
setlocal enableextensions
cd /d "%~dp0"

if exist ".venv\Scripts\python.exe" (
  ".venv\Scripts\python.exe" -m pip --version >nul 2>&1 && goto requirements
)

rem "py" is the launcher of python.org's installer; "python" is what the Microsoft Store installs.
set "FOUND="
for %%P in ("py -3" "py -3.14" "py -3.13" "py -3.12" "py -3.11" "python") do (
  if not defined FOUND (
    %%~P -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1 && set "FOUND=%%~P"
  )
)
if not defined FOUND (
  echo Latchkey needs Python 3.11 or newer, and none was found. 1>&2
  echo Install it from python.org or the Microsoft Store, then start this file again. 1>&2
  exit /b 1
)
echo Setting up .venv. 1>&2
%FOUND% -m venv --clear .venv
if errorlevel 1 exit /b 1

:requirements
if exist ".venv\requirements.txt" (
  fc /b requirements.txt ".venv\requirements.txt" >nul 2>&1 && goto run
)
echo Installing what Latchkey needs (about a minute, once). 1>&2
".venv\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check -r requirements.txt
if errorlevel 1 exit /b 1
copy /y requirements.txt ".venv\requirements.txt" >nul

:run
".venv\Scripts\python.exe" app.py %*
exit /b %errorlevel%
