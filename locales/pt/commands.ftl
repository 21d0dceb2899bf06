### Descrições da lista de comandos do Telegram.

command-available = Ver quem está disponível e onde
command-broadcast = Enviar uma difusão e ver quem responde
command-cancel = Deixar o que estou fazendo
command-create = Criar uma tarefa
command-finish = Finalizar uma tarefa
command-help = Ajuda para este momento
command-language = Mudar o idioma
command-my-data = Ver o que é guardado sobre mim
command-report = Enviar uma novidade
command-start = Abrir o menu
command-state = Ver ou mudar minha disponibilidade
command-tasks = Ver minhas tarefas abertas
