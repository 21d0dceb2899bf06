### Nomes dos campos de uma tarefa: na prévia, nos botões de Editar e nas recusas.

field-kind = Tipo
field-title = Título
field-place = Local
field-when = Hora
field-end = Fim
field-people = Equipe
field-lead = Responsável
field-priority = Prioridade
field-description = Detalhe
field-unit = Unidade
field-reason = Motivo
