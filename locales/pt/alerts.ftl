### Avisos a responsável, criador, supervisores e equipe. Dizem o que houve com a tarefa, nunca quem foi informado.

alert-acknowledged = ✅ { $name } recebeu { $code } · { $title }.
alert-declined = 🚫 Busque substituição: { $name } não pode com { $code } · { $title }. Motivo: { $reason }.
alert-no-answer = ⏰ Ligue ou troque: { $name } não respondeu { $code } · { $title } em { $minutes } min.
alert-unreachable = 📵 Ligue ou troque: o Telegram não alcança { $name } por { $code } · { $title }.
alert-phone = Telefone de { $name }: { $phone }
alert-task-started = ▶️ Em andamento: { $code } · { $title }, por { $name } às { $time }.
alert-task-completed = 🏁 Finalizada: { $code } · { $title }, por { $name } às { $time }.
alert-task-cancelled = Pare: { $code } · { $title } foi cancelada por { $name }. Motivo: { $reason }.
alert-task-reopened = Volte à tarefa: { $code } · { $title } foi reaberta por { $name }.
alert-task-reopened-without-you = Nada muda para você: { $code } · { $title } foi reaberta por { $name }.
alert-unassigned = Deixe { $code } · { $title }: já não está com você.
alert-lead-changed = Combine com { $name }, agora responsável (delegado) por { $code } · { $title }.
alert-lead-you = Dirija { $code } · { $title }: agora a responsabilidade (delegado) é sua.
