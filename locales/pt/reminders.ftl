### Lembretes, pedidos de reforço e resumos para supervisores.

reminder-soon = ⏰ Começa em { $minutes } min: { $code } · { $title }
reminder-not-started = ⏰ Sem início há { $minutes } min: { $code } · { $title }
reminder-running = ⏳ Há { $minutes } min em andamento, mais que o previsto: { $code } · { $title }
reminder-stalled = ⏳ Há { $hours } h em andamento: { $code } · { $title }. Continua?
reinforce-asked = 🆘 { $name } pede reforços em { $code } · { $title }
reinforce-sent = Pedido de reforços registrado. Vai para os responsáveis por { $code }.
reinforce-nobody = Ninguém recebe seu pedido de reforços para { $code }: os responsáveis não estão no Telegram. Ligue por telefone, ou peça ajuda com /sos.
extended = ⏳ { $code } foi estendida até { $until }.
extend-ask = ⏳ Confirme: estender { $code } até { $until } entra no que está planejado.
extend-into-task = { $name }: { $code } nesse horário
extend-into-leave = { $name }: licença até { $until }
extend-into-shift-end = { $name }: o turno termina { $at }

digest-morning = ☀️ Resumo das { $time }
digest-changeover = 🔁 Troca de turno · { $unit }
digest-people = Em turno: { $shift } · disponíveis: { $free } · em tarefa: { $busy }
digest-tasks = Tarefas em andamento: { $running } · planejadas: { $planned } · atrasadas: { $late } · sem resposta: { $unanswered }
digest-absent = Sem presença: { $names }
digest-leaves = { $count ->
    [one] { $count } licença espera a sua decisão
   *[other] { $count } licenças esperam a sua decisão
}
digest-late = ⏰ { $code } · { $title }

counted-on-shift = 👮 Em turno: { $count }
counted-free = 🟢 Disponíveis: { $count }
counted-busy = 🚓 Em tarefa: { $count }
counted-running = ▶️ Em andamento: { $count }
counted-planned = 🗓️ Planejadas: { $count }
counted-late = ⏰ Atrasadas: { $count }
counted-unanswered = ❔ Sem resposta: { $count }
counted-leaves = 🏖️ Licenças a decidir: { $count }
counted-first = São mostrados os primeiros { $count }.
counted-shift = { $name } · { $when } · { $state }
counted-silent = { $name } · { $code } · oferecida { $time }

button-show = 📋 Ver tarefa
button-extend = ⏳ +30 min
button-extend-anyway = ⏳ Estender mesmo assim
button-reinforce = 🆘 Pedir reforços

suggestion-people = 👥 Para { $kind }, +{ $people } { $people ->
    [one] pessoa
   *[other] pessoas
}? (P75 { $minutes } min, segundo { $count } tarefas) · { $code }
suggestion-rejected = { $code } fica como está.
suggestion-nobody = Ninguém está livre no horário de { $code }.
crew-grew = Entra em { $code }: { $names }.
button-suggestion-yes = ➕ Somar
button-suggestion-no = Está bem assim
