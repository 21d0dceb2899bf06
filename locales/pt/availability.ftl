### Disponibilidade, distância, carga e idade de uma posição: peças curtas para listas e botões.

availability-available = disponível
availability-off-shift = fora de turno
availability-calling = com pedido de ajuda
availability-calling-for = com pedido de ajuda ({ $code })
availability-in-need = com pedido de ajuda (difusão)
availability-on-leave = de licença
availability-on-task = em tarefa
availability-unavailable = indisponível
availability-unavailable-because = indisponível ({ $reason })
availability-until = { $availability } até { $until }
availability-of = { $name }: { $availability }

availability-distance-km = { $km } km
availability-distance-m = { $m } m
availability-load =
    { $count ->
        [0] sem tarefas
        [one] 1 tarefa
       *[other] { $count } tarefas
    }

availability-age-days =
    { $count ->
        [one] há 1 dia
       *[other] há { $count } dias
    }
availability-age-hours = há { $count } h
availability-age-minutes = há { $count } min
availability-age-now = agora há pouco
availability-accuracy = { $age } (±{ $metres } m)
availability-not-linked = sem Telegram
availability-blocked = fora do alcance do Telegram
availability-no-position = sem posição
availability-seen = em { $place }, { $age }
