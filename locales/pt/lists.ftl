### Listas e situação: /tareas, /disponibles, /estado, /idioma.

page = Página { $page } de { $pages }

tasks-header = { $count ->
        [one] Você tem 1 tarefa aberta:
       *[other] Você tem { $count } tarefas abertas:
    }
tasks-empty = Você não tem tarefas abertas.
tasks-button = { $code } · { $title }

available-header = { $count ->
        [one] 1 pessoa disponível:
       *[other] { $count } pessoas disponíveis:
    }
available-line = • { $name } · { $unit } · { $detail }
available-empty = Ninguém está disponível agora nas suas unidades.
available-not = 🆘 Sem contar { $count } com pedido de ajuda: { $who }

state-mine = Sua situação: { $availability }.
state-task = Tarefa: { $code } · { $title }
state-position = Última localização: { $age }
state-live = 📎 Para compartilhar sua localização em tempo real: clipe, Localização, Compartilhar em tempo real. Só é guardada no seu turno ou em uma tarefa.
state-ask-reason = Escolha ou escreva por que você está indisponível.
state-reason-errand = Assunto pessoal
state-reason-health = Saúde
state-reason-meal = Refeição
state-reason-vehicle = Veículo
state-ask-until = Escolha até quando você está indisponível.
state-until-hour = 1 h
state-until-open = Sem fim
state-until-shift = Até o fim do meu turno
state-unavailable = 🔴 Você fica indisponível: { $reason }.
state-unavailable-until = 🔴 Você fica indisponível até { $until }: { $reason }.
state-counting = Continuam com você: { $tasks }. Se não puder com alguma, responda ao cartão dela com “não posso”.
state-available = 🟢 Você não está mais como indisponível. Agora: { $availability }.
state-no-agent = Sua conta não é de agente: não tem disponibilidade própria.

language-ask = Escolha o idioma.
language-set = 🌐 Idioma: português.
