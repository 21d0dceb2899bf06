### /informe: files of figures.

command-papers = Ask for a report as CSV, XLSX or PDF
help-papers = /informe · tasks, response or shifts of your units as a file
papers-which = 📄 Which report do you need?
papers-whose = 📄 Of which unit?
papers-all-units = All units
papers-when = 📄 Of which period?
papers-how = 📄 In which format?
papers-begun = Preparing the report…
papers-progress = ⏳ Preparing: { $title }. Rows so far: { $count }
papers-ready = ✅ Report ready: { $title }. Rows: { $count }
papers-failed = ⚠️ It could not be prepared: { $title }. Choose a shorter period, or try later.
papers-gone = The file is gone. Ask for it again with /informe.
