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

## Do resto, nas recusas.
field-username = Usuário
field-name = Nome
field-password = Senha
field-email = E-mail
field-phone = Telefone
field-badge = Matrícula
field-level = Nível
field-permissions = Permissões
field-language = Idioma
field-zone = Fuso horário
field-start = Início
field-from = Desde
field-until = Até
field-page = Página
field-rows = Linhas
field-text = Texto
field-audience = Destinatários
field-protocol = Protocolo
field-confirm-word = Palavra de confirmação
field-expiry = Vencimento
field-answers = Respostas
field-minutes = Minutos
field-file = Arquivo
field-code = Código
field-prefix = Prefixo
field-state = Estado
field-specialty = Especialidade
field-days = Dias
field-area = Área do mapa
field-person = Pessoa
field-availability = Disponibilidade
