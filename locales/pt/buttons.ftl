### Botões. Até 30 caracteres.

button-accept = ✅ Aceito
button-acknowledge = ✅ Recebido
button-assign = 👥 Atribuir
button-available-again = 🟢 Disponível
button-back = ↩️ Voltar
button-cancel = Cancelar
button-cancel-task = Anular tarefa
button-choose-time = 🕐 Escolher hora
button-confirm = ✅ Confirmar
button-continue = ➡️ Continuar
button-decline = 🚫 Não posso
button-edit = ✏️ Editar
button-en-route = 🚗 A caminho
button-finish = 🏁 Finalizar
button-finish-anyway = 🏁 Terminar mesmo assim
button-going = 🏃 Vou
button-instead = 🏃 Deixar { $first } e ir a { $second }
button-need-help = 🆘 Preciso de ajuda
button-next = Próxima ➡️
button-no = Não
button-nothing-to-report = 👌 Sem novidades
button-now = Agora
button-on-site = 📍 No local
button-pause = ⏸️ Pausar
button-plus-hour = +1 h
button-previous = ⬅️ Anterior
button-reopen = 🔓 Reabrir
button-replace = 👥 Escolher substituição
button-report = 📝 Novidade
button-resume = ▶️ Retomar
button-share-location = 📍 Enviar localização
button-skip = ⏭️ Pular
button-something-to-report = 📝 Com novidades
button-start = ▶️ Iniciar
button-unavailable = 🔴 Indisponível
button-undo = ↩️ Desfazer

## O menu fixo abaixo do teclado.
button-menu-available = 🟢 Disponíveis
button-menu-create = ➕ Criar tarefa
button-menu-help = ❓ Ajuda
button-menu-language = 🌐 Idioma
button-menu-report = 📝 Novidade
button-menu-state = 👤 Situação
button-menu-tasks = 📋 Minhas tarefas
broadcast-button = 📣 { $text }
