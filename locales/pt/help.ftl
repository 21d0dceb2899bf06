### /ayuda: uma linha por comando e uma por passo.

help-header = Toque em um comando ou use os botões:
help-available = /disponibles · quem está livre, onde e desde quando se sabe
help-broadcast = /difusion · uma mensagem para muitos, com a lista de quem respondeu
help-cancel = /cancelar · deixar o que você está fazendo, sem guardar
help-create = /crear · tarefa nova passo a passo, ou em uma linha
help-finish = /finalizar · encerrar a tarefa sob sua responsabilidade; também «concluído»
help-help = /ayuda · esta lista, ou ajuda para o passo em que você está
help-language = /idioma · espanhol, inglês ou português
help-my-data = /misdatos · o que é guardado sobre você e quem viu
help-report = /novedad · texto, foto, vídeo, voz, documento ou localização para uma tarefa ou seu turno
help-start = /start · abrir o menu
help-state = /estado · sua disponibilidade; dizer que você está indisponível
help-tasks = /tareas · suas tarefas abertas, com os botões

## Ajuda do passo atual.
help-step-broadcast-audience = Toque para quem é. Antes de enviar você vê a quantas pessoas chega.
help-step-broadcast-what = Toque em um protocolo, ou escreva a mensagem com suas palavras.
help-step-broadcast-preview = Veja a quem chega. Escreva, anexe ou compartilhe um lugar para completar; sai ao tocar em Confirmar.
help-step-broadcast-word = Escreva a palavra pedida para enviar, ou toque em Cancelar.
help-step-broadcast-later = Escreva quando sai o simulado, como 18:30 ou amanhã 9:00. Toque em Sair ao confirmar para não esperar.
help-step-create-kind = Toque no tipo de tarefa. Dele saem o código, a prioridade e a duração habitual.
help-step-create-title = Escreva em uma frase o que é preciso fazer. É a primeira coisa que a equipe verá.
help-step-create-place = Envie uma localização com o clipe, escreva um endereço ou toque em Pular.
help-step-create-when = Toque em Agora, +1 h ou Escolher hora, ou escreva quando: 18:30 · amanhã 9:00. Uma tarefa programada não ocupa ninguém antes de começar.
help-step-create-date = Escreva a hora, ou a data e a hora: 18:30 · amanhã 9:00 · 25/11 14:00
help-step-create-people = Toque nos nomes para marcar ou desmarcar, ou escreva um; depois Continuar. Primeiro vêm os disponíveis e próximos.
help-step-create-off-shift = Escreva por que é preciso alguém fora de turno, ou toque em Voltar. O motivo fica registrado.
help-step-create-lead = Toque no responsável (delegado): dirige no local e finaliza a tarefa por todo o grupo.
help-step-create-field = Toque no dado que quer mudar; o resto fica igual.
help-step-create-priority = Toque na prioridade. Quanto mais alta, menos tempo há para responder.
help-step-create-description = Escreva o que a equipe precisa saber, ou toque em Pular.
help-step-create-preview = Toque em Confirmar para criar a tarefa, Editar para mudar um dado, Voltar para o passo anterior ou Cancelar para deixá-la.
help-step-decline-reason = Toque em um motivo ou escreva. Até lá a tarefa continua sendo sua.
help-step-pause-reason = Toque em um motivo ou escreva. O tempo em pausa não conta como duração.
help-step-finish-which = Toque na tarefa que você terminou.
help-step-finish-outcome = Toque em Sem novidades para encerrar já, ou Com novidades para contar algo antes.
help-step-finish-report = Envie um texto, uma foto ou uma nota de voz. A tarefa é finalizada ao receber.
help-step-finish-started = Escreva a hora em que começou, por exemplo 14:30, ou toque em Pular para encerrar sem esse dado.
help-step-finish-reason = Escreva por que você a finaliza no lugar do responsável. O motivo fica registrado.
help-step-reopen-reason = Escreva por que é reaberta. O motivo fica registrado.
help-step-cancel-task-reason = Escreva por que é anulada, ou toque em Cancelar. O motivo fica registrado.
help-step-report-content = Envie um texto, foto, vídeo, nota de voz, documento ou localização.
help-step-report-task = Toque na tarefa a que pertence a novidade.
help-step-state-reason = Toque em um motivo ou escreva. Volte a Disponível quando quiser em /estado.
help-step-state-until = Toque em quando volta a estar disponível; até lá ninguém atribui você sem motivo.
