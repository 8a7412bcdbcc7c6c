@echo off
rem Runs the limpid command. Nobody has tried this file on Windows yet; please tell what happens.
rem JAVA_HOME: a Java 25 or later, else the one on the PATH. LIMPID_JAVA_OPTS: more flags for java, such as -Xmx8g.
setlocal
set "home=%~dp0.."
set "java=java.exe"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if exist "%home%\runtime\bin\java.exe" set "java=%home%\runtime\bin\java.exe"
if not defined LIMPID_BUNDLED set "LIMPID_BUNDLED=%home%\models"
"%java%" -XX:+UseSerialGC -XX:PretenureSizeThreshold=512k -XX:+UnlockDiagnosticVMOptions -XX:-DisplayVMOutput "-XX:CompilerDirectivesFile=%home%\lib\compiler.json" -Xlog:disable -Xlog:all=warning:stderr %LIMPID_JAVA_OPTS% -jar "%home%\lib\limpid.jar" %*
exit /b %errorlevel%
