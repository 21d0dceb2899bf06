### Simulados: quão bem se respondeu, ou por que não foi feito.

drill-score = 🧪 O simulado terminou: { $text }
drill-score-people = { $acknowledged } de { $people } responderam. Sem resposta: { $silent } · não receberam a mensagem: { $unreachable }
drill-score-reached = Dos { $count } alcançados, { $share }
drill-score-all = Dos { $count } convocados, { $share }
drill-share-both = metade respondeu em { $half } e 90 % em { $most }
drill-share-half = metade respondeu em { $half }, mas não 90 %
drill-share-none = menos da metade respondeu
drill-score-calling = Em uma emergência: { $count }
drill-score-silent = Sem resposta: { $names }
drill-score-unreachable = Sem alcance pelo Telegram: { $names }
drill-missed = ⚠️ O simulado previsto para { $time } não foi feito: { $text }
drill-missed-late = O sistema não estava funcionando nessa hora.
drill-missed-sender = Quem o planejou não pode mais enviar difusões.
drill-missed-nobody = Não havia ninguém a alcançar.
drill-missed-words = O protocolo dele não existe mais.

## Planejado em /difusion
button-drill-later = 🕒 Sair mais tarde
button-drill-now = 📣 Sair ao confirmar
drill-ask-when =
    Escreva a data e a hora em que o simulado sai.
    Por exemplo: 18:30 · amanhã 9:00 · 25/11 14:00
drill-leaves-at = 🕒 Sai sozinho: { $time }
drill-preview-hint = Escreva para completar o texto. Ao confirmar fica planejado: nessa hora sai sozinho.
drill-planned = 🕒 Planejado: sai sozinho { $time }. Pode ser anulado aqui ou no painel.
drill-off = ✖️ Simulado anulado: não sai.
button-drill-call-off = ✖️ Anular simulado
drill-words-only = Um simulado que sai mais tarde leva só texto: nada foi acrescentado.
