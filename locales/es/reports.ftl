### /informe: archivos de números.

command-papers = Pedir un informe en CSV, XLSX o PDF
help-papers = /informe · tareas, respuesta o turnos de tus unidades como archivo
papers-which = 📄 ¿Qué informe necesitas?
papers-whose = 📄 ¿De qué unidad?
papers-all-units = Todas las unidades
papers-when = 📄 ¿De qué período?
papers-how = 📄 ¿En qué formato?
papers-begun = Preparando el informe…
papers-progress = ⏳ Preparando: { $title }. Filas hasta ahora: { $count }
papers-ready = ✅ Informe listo: { $title }. Filas: { $count }
papers-failed = ⚠️ No se pudo preparar: { $title }. Elige un período más corto o inténtalo más tarde.
papers-gone = El archivo ya no está. Pídelo otra vez con /informe.
