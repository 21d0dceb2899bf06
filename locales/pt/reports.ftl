### /informe: arquivos de números.

command-papers = Pedir um relatório em CSV, XLSX ou PDF
help-papers = /informe · tarefas, resposta ou turnos das suas unidades como arquivo
papers-which = 📄 De qual relatório você precisa?
papers-whose = 📄 De qual unidade?
papers-all-units = Todas as unidades
papers-when = 📄 De qual período?
papers-how = 📄 Em qual formato?
papers-begun = Preparando o relatório…
papers-progress = ⏳ Preparando: { $title }. Linhas até agora: { $count }
papers-ready = ✅ Relatório pronto: { $title }. Linhas: { $count }
papers-failed = ⚠️ Não foi possível preparar: { $title }. Escolha um período mais curto ou tente mais tarde.
papers-gone = O arquivo já não está. Peça de novo com /informe.
