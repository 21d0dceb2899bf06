### /buscar e /historial.

command-find = Buscar tarefas e pessoas
command-history = Ver o que já terminou
help-find = /buscar · tarefas por código, título ou lugar, e pessoas das suas unidades; por exemplo /buscar praça
help-history = /historial · o que já terminou, por estado e período

find-usage = Escreva o que procura depois do comando: parte de um código, um título, um lugar ou um nome. Por exemplo: /buscar praça
find-header = 🔎 Resultados de «{ $words }»
find-none = Não há mais tarefas com essas palavras.
find-nothing = Não encontrei nada: tente outras palavras, ou menos.
find-no-tasks = Não há tarefas com essas palavras.
find-line = • { $code } · { $title } · { $status }, { $time }
find-person = 👤 { $name } · { $badge } · { $unit } · { $availability }
find-more-people = Há mais pessoas: acrescente outra palavra.
find-posted = { $emoji } { $code } · { $kind }
find-state = { $status }, { $time }

history-header = 🗂 Histórico: { $whose }, { $span }
history-empty = Nada terminou nesse período.
history-any = Todas
history-completed = Finalizadas
history-cancelled = Anuladas
history-own = Minhas
history-units = Das minhas unidades

span-week = 7 dias
span-month = 30 dias
span-year = 1 ano
span-always = Sempre

button-first = ⏮️ Início
