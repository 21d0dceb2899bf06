### Avisos a responsável, criador, supervisores e equipe. Dizem o que houve com a tarefa, nunca quem foi informado.

alert-declined = 🚫 Busque substituição: { $name } não pode com { $code } · { $title }. Motivo: { $reason }.
alert-removed = 🚫 Busque substituição: { $name } já não está em { $code } · { $title }. A conta foi desativada.
alert-unavailable = 🚫 Busque substituição se precisar: { $name }, que está em { $code } · { $title }, não está disponível. Motivo: { $reason }.
alert-unavailable-planned = 🚫 Busque substituição se precisar: { $name } não está disponível e tem { $code } · { $title }, { $time }. Motivo: { $reason }.
alert-no-answer = ⏰ Ligue ou troque: { $name } não respondeu { $code } · { $title } em { $minutes } min.
alert-cry = 🆘 { $name } escreveu em { $code }: «{ $words }»
alert-unreachable = 📵 Ligue ou troque: o Telegram não alcança { $name } por { $code } · { $title }.
alert-at-call = 🆘 { $name } está na emergência { $code }: procure outra pessoa.
alert-phone = Telefone de { $name }: { $phone }
alert-task-completed = 🏁 Finalizada: { $code } · { $title }, por { $name } às { $time }.
alert-task-cancelled = Pare: { $code } · { $title } foi anulada por { $name }. Motivo: { $reason }.
alert-task-reopened = Volte à tarefa: { $code } · { $title } foi reaberta por { $name }.
alert-not-back = 👥 Busque substituição: { $code } · { $title } foi reaberta por { $name }.
alert-not-back-you = Não volte a { $code } · { $title }: foi reaberta por { $name } e segue sem você.
alert-task-paused = ⏸️ Em pausa: { $code } · { $title }. Pausada por { $name }.
alert-task-resumed = ▶️ Continue com { $code } · { $title }: retomada por { $name }.
alert-task-place = Mudou o lugar: { $code } · { $title }. Veja o cartão. Mudado por { $name }.
alert-task-time = Mudou a hora: { $code } · { $title }. Veja o cartão. Mudada por { $name }.
alert-task-place-time = Mudaram lugar e hora: { $code } · { $title }. Veja o cartão. Mudados por { $name }.
alert-unassigned = Deixe { $code } · { $title }: já não está com você.
alert-lead-you = Dirija { $code } · { $title }: agora a responsabilidade (delegado) é sua.
