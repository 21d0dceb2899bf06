### O diálogo /crear.

create-left = ✍️ A tarefa nova ficou pela metade e está guardada. Toque no botão para continuar.
create-ask-kind = Escolha o tipo de tarefa.
create-ask-title = Escreva o título: o que é preciso fazer.
create-ask-place = Indique o local: envie uma localização, escreva o endereço ou toque em Pular.
create-ask-place-required = Indique o local, que este tipo de tarefa costuma ter: envie uma localização, escreva o endereço ou, se ainda não se sabe, toque em Pular.
create-ask-when = Escolha quando começa.
create-ask-date =
    Escreva a data e a hora de início.
    Por exemplo: 18:30 · amanhã 9:00 · 25/11 14:00
create-ask-people = Escolha as pessoas e toque em Continuar. { $count ->
        [0] Ninguém ainda.
        [one] 1 pessoa.
       *[other] { $count } pessoas.
    }
create-ask-lead = Escolha o responsável (delegado): quem dirige no local e finaliza a tarefa.
create-ask-priority = Escolha a prioridade.
create-ask-description = Escreva o detalhe da tarefa.
create-ask-field = Escolha o que mudar.

## Pessoas nos botões.
create-person = { $name } · { $detail }
create-person-chosen = ☑️ { $name } · { $detail }
create-person-has = tem { $code } nesse horário
create-person-away = de licença até { $until }

## Alertas que um motivo resolve.
create-off-shift = Escreva o motivo ou volte: fora de turno { $count ->
        [one] está { $names }.
       *[other] estão { $names }.
    }
create-not-on-hand = Escreva o motivo ou volte. { $who }.
create-reason-agreed = Combinado com a pessoa
create-reason-short-staffed = Falta de pessoal
create-reason-urgent = Urgência

## Prévia.
create-preview = Confira e confirme a tarefa nova:
create-preview-line = { $field }: { $value }
create-against = ⚠️ { $name }: { $what }. Toque em Editar e escolha outra hora ou outra pessoa.
create-none = a definir
create-when-now = agora
create-created = ✅ Tarefa criada: { $code } · { $title }. { $count ->
        [0] Sem equipe ainda.
        [one] Atribuída a 1 pessoa.
       *[other] Atribuída a { $count } pessoas.
    }

## O que não serve.
create-error-kind = Escolha um tipo da lista: «{ $kind }» não existe.
create-error-title-short = Escreva um título mais longo: pelo menos { $min } caracteres.
create-error-title-long = Escreva um título mais curto: até { $max } caracteres.
create-error-text-long = Escreva menos: até { $max } caracteres.
create-error-time-past = Escolha outra hora: { $time } já passou.
create-error-time-unclear = Escreva a hora de outra forma, não entendi.
create-error-person = Escolha a pessoa da lista: não encontro «{ $name }».
create-error-people = Escreva o nome completo: «{ $name }» pode ser mais de uma pessoa.
create-no-agents = Toque em Continuar para criá-la sem equipe: suas unidades não têm agentes.
create-no-kinds = Peça a um administrador que carregue os tipos de tarefa: não há nenhum.
create-usage =
    Escreva em uma linha, separando por ponto e vírgula: tipo; título; local; hora; pessoas.
    Exemplo: /crear patrullaje; Ronda pela praça; Praça Central; 18:30; Ana Díaz, Luis Paz
    Tipo e título bastam; deixe vazio o que não usar.

## Pessoas para uma tarefa que já existe.
assign-ask = Escolha quem vai a { $code } e toque em Continuar. { $count ->
        [0] Ninguém ainda.
        [one] 1 pessoa.
       *[other] { $count } pessoas.
    }
assign-by-phone = ☎️ { $name }: sem Telegram, avise por telefone ({ $phone }).
assign-without-phone = ☎️ { $name }: sem Telegram e sem telefone cadastrado. Avise por outro meio.
assign-declined = disse que não pode
assign-done = ✅ { $code }: { $count ->
        [0] sem equipe ainda.
        [one] atribuída a 1 pessoa.
       *[other] atribuída a { $count } pessoas no total.
    }
assign-no-agents = Não há quem enviar a { $code }: suas unidades não têm agentes.
