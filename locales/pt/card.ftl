### O cartão de uma tarefa: peças de uma linha; a primeira diz o que fazer.

task-card-offered = 📌 Responda: { $code } · { $title }
task-card-offered-again = 🔔 { $count ->
        [2] Segundo aviso
        [3] Terceiro aviso
       *[other] Aviso { $count }
    }. Responda: { $code } · { $title }
task-card-header = { $emoji } { $code } · { $title }
task-card-drill = SIMULADO (SIMULACRO)
task-card-drill-over = ⚠️ O simulado já tinha terminado: pode ser de verdade.

task-card-kind = Tipo: { $kind }
task-card-priority = Prioridade: { $priority }
task-card-status = Situação: { $status }
task-card-unit = Unidade: { $unit }
task-card-description = Detalhe: { $text }
task-card-place = Local: { $place }
task-card-place-pin = ponto no mapa
task-card-when = Hora: { $start }
task-card-when-until = Hora: { $start } a { $end }
task-card-lead = Responsável (delegado): { $name }
task-card-lead-you = Responsável (delegado): você
task-card-no-lead = Responsável (delegado): a definir

task-card-crew = Equipe ({ $count }):
task-card-crew-line = • { $name }: { $state }
task-card-crew-line-reason = • { $name }: { $state } ({ $reason })
task-card-crew-more = • e mais { $count }
task-card-crew-none = Equipe: ninguém ainda
task-card-crew-gone = Equipe: ninguém neste momento

task-card-completed = Finalizada por { $name } às { $time }
task-card-completed-because = Finalizada por { $name } às { $time }: { $reason }
task-card-cancelled = Anulada por { $name } às { $time }: { $reason }
task-card-undo = Você pode desfazer durante { $seconds } segundos.

task-card-you-acknowledged = Você: recebido às { $time }
task-card-you-declined = Você: não pode ({ $reason })
task-card-you-en-route = Você: a caminho desde as { $time }
task-card-you-on-site = Você: no local desde as { $time }
task-card-you-released = Esta tarefa já não está com você.
task-card-gone = Você não pode mais ver esta tarefa.

## O que houve com cada aviso; cada linha vem de uma entrega registrada.
delivery-queued = Aviso para { $name } na fila
delivery-sent = Avisado a { $name } { $time }
delivery-declined = { $name }: não pode { $time }
delivery-unreachable = { $name }: o Telegram não alcança desde { $time }
delivery-escalated = { $name }: sem resposta, avisando quem comanda desde { $time }
delivery-unheard = { $name }: sem resposta, e desde { $time } ninguém a quem avisar pelo Telegram. LIGUE

## Prioridades.
priority-low = baixa
priority-medium = média
priority-high = alta
priority-urgent = urgente
priority-critical = crítica

## Estados de uma tarefa.
status-scheduled = programada
status-in-progress = em andamento
status-paused = em pausa
status-completed = finalizada
status-cancelled = anulada

## O que cada pessoa disse da tarefa.
assignment-offered = sem resposta
assignment-acknowledged = recebido
assignment-declined = não pode
assignment-en-route = a caminho
assignment-on-site = no local
assignment-released = já não está nesta tarefa
