### Recusas: o que se pode fazer e por que não foi feito. Até 200 caracteres, cabem no aviso de um botão.

refusal-not-lead = Fale com { $name }: só o responsável pode fazer isso em { $code }.
refusal-no-lead = Peça a quem supervisiona você que escolha um responsável: { $code } não tem.
refusal-not-allowed = Peça ajuda a quem supervisiona você: seu nível não permite isso.
refusal-not-found = Confira o dado: não existe ou você não pode vê-lo.
refusal-already-completed = { $code } já foi finalizada por { $name } às { $time }.
refusal-wrong-state = Agora não é possível: { $code } está { $status }.
refusal-not-assigned = Fale com quem supervisiona você: { $code } já não está com você.
refusal-on-leave = Escolha outra pessoa: { $name } está de licença até { $until }.
refusal-overlap = Escolha outra hora ou outra pessoa: { $name } tem { $code } nesse horário.
refusal-leave-overlap = Escolha outros dias ou anule a outra: { $name } já tem uma licença pedida ou aprovada de { $from } a { $until }.
refusal-off-shift = Escreva um motivo ou escolha outra pessoa: { $name } está fora de turno.
refusal-not-on-hand = Escreva um motivo ou escolha outra pessoa. { $who }.
refusal-agent-inactive = Escolha outra pessoa: { $name } já não está em serviço.
refusal-user-inactive = Fale com quem supervisiona você: sua conta está desativada.
refusal-start-needs-lead = Atribua antes alguém com Telegram: { $code } precisa de um responsável para iniciar.
refusal-undo-over = Peça a um supervisor que reabra { $code }: o tempo para desfazer acabou.
refusal-reason-needed = Escreva um motivo: é preciso para isso.
refusal-raised-only = Peça ajuda com /sos: uma emergência não se cria como as outras tarefas.
refusal-too-many-people = Escolha menos pessoas: uma tarefa aceita até { $max }.
refusal-too-many-reports = Já estão sendo preparados { $max } relatórios seus: espere até chegar algum.
refusal-too-many-rows = Um PDF leva até { $max } linhas e este relatório tem mais: peça em CSV ou XLSX, ou de um período mais curto.
refusal-quorum-too-large = { $people ->
    [one] Escolha menos respostas, ou mais gente: chega a { $people } pessoa.
   *[other] Escolha menos respostas, ou mais gente: chega a { $people } pessoas.
}
refusal-invalid-field = Corrija «{ $field }»: esse valor não serve.
refusal-changed-meanwhile = Olhe de novo: alguém mudou { $code } ao mesmo tempo. Sua mudança não foi guardada.

## Problemas do sistema.
error-system = Tente de novo em instantes: houve um problema e nada foi guardado.
error-upload-slow = O arquivo chegou devagar demais: tente com uma conexão melhor ou um arquivo menor.
error-too-many-requests = { $seconds ->
        [one] Espere { $seconds } segundo e tente de novo: chegaram pedidos demais em seguida.
       *[other] Espere { $seconds } segundos e tente de novo: chegaram pedidos demais em seguida.
    }
error-locked = { $minutes ->
        [one] Senhas erradas demais: espere 1 minuto.
       *[other] Senhas erradas demais: espere { $minutes } minutos.
    }
error-bad-credentials = Entre com seu usuário e sua senha: esses dados não são válidos.
error-signed-out = Entre na sua conta: você ainda não entrou ou a sua sessão terminou.
error-unsupported = Envie texto, foto, vídeo, voz, documento ou localização: isto não posso usar.
refusal-shift-overlap = { $name } já tem um turno nesse horário. Escolha outro horário.
refusal-shift-clashes = { $count ->
    [one] Há { $count } turno que não pode ser planejado. Veja os detalhes.
   *[other] Há { $count } turnos que não podem ser planejados. Veja os detalhes.
}
refusal-not-now-from = Ainda não: é possível a partir de { $from }.
refusal-not-now-until = Isso era possível até { $until }. Peça ao seu supervisor que registre.
refusal-settled = Isso já foi resolvido ou terminou: não falta nada.
refusal-somebody = Essa pessoa
refusal-open-again = Feche e abra de novo pelo chat do bot: o Telegram não confirmou quem você é.
refusal-not-enrolled = Peça seu link pessoal a quem supervisiona você: este Telegram não está vinculado a nenhuma conta.
refusal-open-work = Antes termine ou reatribua o que está em aberto (tarefas: { $codes }; turnos não terminados: { $shifts }) e repita a exclusão.
refusal-no-consent-location = Não guardei: você retirou a permissão para guardar localizações. Pode dá-la de novo em /misdatos.
refusal-no-consent-media = Não guardei: você retirou a permissão para guardar fotos, vídeos e voz. Pode dá-la de novo em /misdatos.
