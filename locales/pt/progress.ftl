### Os passos de uma tarefa: receber, recusar, iniciar, pausar, finalizar, desfazer, reabrir, anular.

progress-acknowledged = ✅ Recebido: { $code }.
progress-en-route = 🚗 A caminho de { $code }.
progress-on-site = 📍 No local de { $code }.
progress-started = ▶️ Tarefa iniciada: { $code }.
progress-resumed = ▶️ Tarefa retomada: { $code }.

## Não posso.
decline-ask-reason = Escolha ou escreva por que não pode com { $code }.
decline-reason-busy = Em outra tarefa
decline-reason-far = Estou longe
decline-reason-off-shift = Fora de turno
decline-done = Anotado: você não pode com { $code }. Motivo: { $reason }.

## Pausa.
pause-ask-reason = Escolha ou escreva por que { $code } para.
pause-reason-break = Descanso
pause-reason-support = Esperando apoio
pause-reason-urgent = Outra urgência
pause-reason-weather = Mau tempo
pause-done = ⏸️ Tarefa em pausa: { $code }. Motivo: { $reason }.

## Finalizar.
finish-ask-outcome = Finalize { $code } · { $title }: houve novidades?
finish-checklist = Antes de fechar, confira:
finish-no-evidence = Costuma levar evidência e ainda não há nenhuma: toque em Com novidades e envie uma foto, um vídeo, uma voz ou um documento.
finish-ask-report = Envie a novidade de { $code }: texto, foto ou voz. Depois fica finalizada.
finish-ask-started = Diga quando { $code } começou, pois não foi iniciada: escreva a hora (14:30 · 21/11 23:00) ou toque em Pular.
finish-ask-reason = Escreva o motivo para finalizar { $code } no lugar de { $name } (responsável).
finish-ask-reason-no-lead = Escreva o motivo para finalizar { $code }, que não tem responsável.
finish-ask-reason-call = Escolha ou escreva por que { $code } termina. O que você escrever aqui fica como motivo e não chega às pessoas: para falar com elas, responda citando uma mensagem de { $code }.
finish-ask-sure = Terminar { $code } mesmo assim?
finish-meanwhile = ⚠️ Enquanto isso { $name } escreveu:
finish-reason-safe = Já está a salvo
finish-reason-false-alarm = Alarme falso
finish-reason-others = Outro serviço assumiu
finish-which = Escolha a tarefa a finalizar.
finish-none = Veja suas tarefas com /tareas: não há nenhuma aberta sob sua responsabilidade.
finish-done = 🏁 Tarefa finalizada: { $code }, { $time }. { $count ->
        [0] Ninguém ficou livre.
        [one] 1 pessoa ficou livre.
       *[other] { $count } pessoas ficaram livres.
    }

## A palavra «concluído».
done-phrase-unknown = Confira o código: não encontro { $code } entre suas tarefas em andamento.

## Desfazer e reabrir.
undo-done = ↩️ Desfeito: { $code } está { $status }.
reopen-ask-reason = Escreva por que { $code } é reaberta.
reopen-done = 🔓 Tarefa reaberta: { $code }. { $count ->
        [0] Ninguém voltou.
        [one] Voltou 1 pessoa.
       *[other] Voltaram { $count } pessoas.
    }
not-back-task = { $name } não voltou: tem { $code } nesse horário.
not-back-leave = { $name } não voltou: está de licença até { $time }.
not-back-call = { $name } não voltou: pediu ajuda.
not-back-removed = { $name } não voltou: a conta está desativada.
not-back-you-task = Você não está mais nela: tem { $code } nesse horário.
not-back-you-leave = Você não está mais nela: está de licença até { $time }.
not-back-you-call = Você não está mais nela: pediu ajuda.
not-back-replace = Busque substituição.
not-back-known = O pedido de substituição vai para os responsáveis por { $code }.
not-back-unknown = Ligue para um supervisor: os responsáveis por { $code } não estão no Telegram.

## Anular a tarefa.
cancel-task-ask-reason = Escreva por que { $code } é anulada.
cancel-task-ask-reason-call = Escreva por que { $code } é anulada. O que você escrever aqui fica como motivo e não chega às pessoas: para falar com elas, responda citando uma mensagem de { $code }.
cancel-task-done = Tarefa anulada: { $code }.

## Trocar equipe.
