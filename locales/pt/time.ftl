### Turnos, licenças e trocas de turno.

shift-header = Seus próximos turnos:
shift-none = Você não tem turnos planejados. Seu supervisor os planeja no painel.
shift-line = { $when } · { $state }
shift-line-unit = { $when } · { $unit } · { $state }
shift-state-planned = planejado
shift-state-active = em andamento
shift-state-present = presente
shift-state-missing = sem presença
shift-state-ended = terminado
shift-started = ⏰ Seu turno começa: { $when }. Toque em Presente para confirmar que você está.
shift-changed = 📅 Seus turnos mudaram. Veja-os com /turno.
shift-present = ✅ Presença registrada: { $when }.
shift-notes = Passagem dos turnos anteriores:
shift-note = { $name }, { $time }: { $text }
shift-note-new = 📣 Passagem de { $name }, { $time }: { $text }
shift-note-file = mensagem anexa
shift-end-ask = O que o próximo turno deve saber? Envie um texto ou uma nota de voz, ou toque em Sem novidades.
shift-end-leads = ⚠️ Você ainda dirige { $code } · { $title }: finalize, ou peça reforços para que outra pessoa continue. O turno pode terminar mesmo assim.
shift-end-finish = 🏁 Finalizar { $code }
shift-ended = 🏁 Turno terminado. Bom descanso.
shift-ended-note = 🏁 Turno terminado. A passagem fica para o próximo turno.
shift-notes-none = Os turnos anteriores não deixaram nada para este.
button-show-hand-over = 📣 Ver passagem
shift-tasks = { $count ->
    [one] Você tem { $count } tarefa neste turno:
   *[other] Você tem { $count } tarefas neste turno:
}
shift-task = { $time } · { $code } · { $title }
moved = 🔀 { $name } mudou de unidade: { $from } → { $to }.
moved-you = 🔀 Você mudou de unidade: { $from } → { $to }.
shift-lost = 📅 { $count ->
    [one] Fica { $count } turno
   *[other] Ficam { $count } turnos
} sem cobertura, de { $name }: { $days }. A conta foi desativada. Planeje outra pessoa no painel.
shift-missing = 🚨 { $count ->
    [one] Falta { $count } pessoa
   *[other] Faltam { $count } pessoas
} no turno das { $time }: sem presença. Ligue:
shift-missing-no-phone = { $name }: sem telefone cadastrado.

swap-ask-shift = Qual turno você quer trocar?
swap-ask-mate = Com quem você troca { $when }?
swap-no-mates = Não há colegas na sua unidade com quem trocar.
swap-ask-return = Qual turno de { $name } você assume em troca?
swap-preview = Você propõe que { $name } assuma o seu turno { $given }.
swap-preview-return = Em troca você assume: { $taken }.
swap-sent = Proposta enviada a { $name }. Você verá aqui cada resposta.
swap-card = 🔁 { $from } propõe que { $to } assuma o turno { $given }.
swap-card-without = 🔁 { $from } propõe a { $to } uma troca de turno.
swap-card-return = Em troca: { $taken }.
swap-card-gone = O turno não existe mais.
swap-status-proposed = Espera a resposta de { $to }.
swap-status-accepted = { $to } aceita. Espera a decisão do supervisor.
swap-status-approved = ✅ Aprovada: os turnos já estão trocados.
swap-status-declined = { $to } não pode. Os turnos ficam como estavam.
swap-status-rejected = ❌ Rejeitada pelo supervisor. Os turnos ficam como estavam.
swap-status-cancelled = Retirada: ninguém troca de turno.
swap-status-removed = Retirada: a conta de { $name } foi desativada. Ninguém troca de turno.

leave-ask-from = Desde que dia você pede licença? Só dias de doença podem ter começado antes de hoje, até 30 dias.
leave-ask-to = Desde { $from }. Até que dia, inclusive?
leave-ask-reason = Por quê? Toque em um motivo ou escreva.
leave-ask-sick = Antes de hoje só contam dias de doença. O que você teve? Toque em Saúde ou escreva.
leave-ask-certificate = Envie o atestado como foto ou documento, ou toque em Pular.
leave-ask-reject = Por que você rejeita a licença de { $name }? Escreva ou toque em um motivo.
leave-reason-health = Saúde
leave-reason-family = Assunto familiar
leave-reason-holiday = Férias
leave-reason-study = Estudo
leave-reject-staff = Falta de pessoal
leave-reject-dates = Proponha outras datas
leave-preview = Licença de { $from } a { $to } · { $reason }
leave-preview-file = Com atestado.
leave-preview-no-file = Sem atestado.
leave-sent = Pedido enviado. Você verá aqui a decisão do seu supervisor.
leave-sent-unheard = Pedido guardado. Avise você quem decide: ninguém recebe ainda os seus pedidos pelo Telegram.
leave-rejected = Licença de { $name } rejeitada. Motivo: { $reason }.
leave-card = 🗓️ Licença de { $name }: de { $from } a { $to }
leave-card-reason = Motivo: { $reason }
leave-card-files = { $count ->
    [one] { $count } atestado
   *[other] { $count } atestados
}
leave-status-requested = Espera a decisão do supervisor.
leave-status-approved = ✅ Aprovada por { $name }.
leave-status-rejected = ❌ Rejeitada por { $name }.
leave-status-cancelled = Retirada por quem a pediu.
leave-status-removed = Retirada: a conta de { $name } foi desativada.
leave-status-ended = Terminada antes por quem a pediu.
leave-decided-reason = “{ $reason }”
leave-breaks = { $count ->
    [one] Deixa { $count } tarefa sem cobertura:
   *[other] Deixa { $count } tarefas sem cobertura:
}
leave-break = { $code } · { $title }
leave-no-certificate = Não há atestado para mostrar.
leave-certificate = 📎 Atestado de { $name }
leave-past = Esse dia já passou ou é anterior ao primeiro. Toque em outro.
leave-answer = Toque no cartão se isso responde a uma tarefa: aqui não anotei. Se é o motivo da sua licença, escreva de novo.
takeover-ask = Quem assume { $code } no lugar de { $name }?
takeover-none = Não há mais ninguém na sua unidade para { $code }.
takeover-off-shift = { $name } está fora de turno. Atribuir { $code } mesmo assim?
takeover-unavailable = { $name }: { $availability }. Atribuir { $code } mesmo assim?
takeover-done = 👥 Você atribuiu { $code } a { $name }. Falta a resposta.
takeover-reason = Substitui { $name }, de licença

calendar-months = janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
calendar-days = se te qa qi sx sá do
calendar-link = 📅 Adicione este link à sua agenda e veja sempre os seus turnos. É secreto: quem o tiver pode vê-los. { $url }
calendar-closed = Link anulado. Já não mostra nada.
calendar-head = { $month } { $year }

button-present = ✅ Presente
button-end-shift = 🏁 Terminar turno
button-swap-shift = 🔁 Trocar turno
button-swap-accept = 🤝 Aceito a troca
button-swap-cancel = Retirar proposta
button-nothing-in-return = Nada em troca
button-approve = ✅ Aprovar
button-reject = ❌ Rejeitar
button-certificate = 📎 Ver atestado
button-cancel-leave = Retirar licença
button-reassign-task = 👥 Reatribuir { $code }
button-calendar = 📅 Agenda
button-calendar-close = Anular link
button-today = Hoje

command-leave = Pedir uma licença
command-shift = Ver meus turnos, presença, passagem
help-leave = /licencia · pedir uma licença com datas, motivo e atestado
help-shift = /turno · seus turnos, presença, passagem e trocas com colegas

help-step-handover = Envie um texto ou uma nota de voz para o próximo turno, ou toque em Sem novidades para terminar sem mais.
help-step-swap-shift = Toque no turno que você quer deixar.
help-step-swap-mate = Toque no colega. Ele decide, e depois o supervisor.
help-step-swap-return = Toque no turno que você assume em troca, ou Nada em troca.
help-step-swap-preview = Toque em Confirmar para enviar a proposta.
help-step-leave-dates = Toque em um dia do calendário; as setas mudam o mês e Hoje é o dia de hoje.
help-step-leave-reason = Toque em um motivo ou escreva em poucas palavras.
help-step-leave-certificate = Envie uma foto ou um documento, ou toque em Pular. Você pode adicioná-lo depois no painel.
help-step-leave-preview = Toque em Confirmar para pedir a licença ou Voltar para escolher outras datas.
help-step-leave-reject = Escreva por que não; quem pediu lê.
help-step-reassign = Toque em quem assume a tarefa. Os disponíveis e próximos estão em cima.
