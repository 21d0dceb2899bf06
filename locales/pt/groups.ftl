### Os grupos de Telegram das unidades.

command-group = Registrar o grupo de uma unidade
help-group = /grupo · o grupo ou tópico do Telegram onde chegam as difusões da sua unidade

group-ask = De que unidade é este grupo? Aqui chegarão as difusões dela.
group-ask-again = Este grupo recebe as difusões de { $unit }. Você pode mudar a unidade ou removê-lo.
group-kept = ✅ Este grupo recebe as difusões de { $unit }.
group-none = Este grupo não recebe difusões.
group-answer = Responda com um botão. Também chega no privado.
group-lost = ⚠️ O bot não está mais em «{ $title }»: esse grupo não recebe mais as difusões de { $unit }.
group-list = Estes grupos recebem difusões das suas unidades:
group-list-one = • { $title }: { $unit }
group-list-empty = Nenhum grupo recebe difusões das suas unidades.
group-how = Para registrar um: adicione o bot ao grupo, escreva /grupo lá (ou no tópico) e toque na unidade.
button-group-end = ✖ Remover { $title }
group-done = ✅ Feito
group-emergency = 🆘 { $code }: vêm { $coming } de { $crew }.
group-emergency-came = 🆘 { $code }: disseram que iam { $coming } de { $crew }.
group-emergency-over = 🏁 Terminou.
group-page = Outra página
group-ownerless = ⚠️ { $name } registrou o grupo «{ $title }» e não supervisiona mais { $unit }. O grupo continua recebendo as difusões: verifique quem está nele. Para assumi-lo escreva /grupo lá; ou remova-o.
group-topics-refused = ⚠️ Não consigo abrir tópicos aqui: as emergências não têm o seu. Torne-me administrador com o direito «Gerenciar tópicos» e tento de novo.
group-list-topics-refused = ⚠️ Sem tópicos de emergência: falta ao bot o direito «Gerenciar tópicos» no grupo.
group-topics-off = ⚠️ Este grupo está com os tópicos desativados: as emergências não têm o seu e aparecem no chat geral. Ative-os nas configurações do grupo e escreva /grupo.
group-list-topics-off = ⚠️ Sem tópicos de emergência: o grupo está com os tópicos desativados.
