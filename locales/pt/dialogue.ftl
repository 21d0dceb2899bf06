### Diálogos: deixados, perdidos, não entendidos.

cancel-dropped = Cancelado. Nada foi guardado.
cancel-nothing = Não há nada para cancelar.
dialogue-outdated = Comece de novo: o que você estava fazendo já não pode ser lido. Nada foi guardado.
dialogue-expired = Passou muito tempo: o que você tinha começado não foi guardado. Comece de novo se precisar.
dialogue-button-gone = Esse botão já não serve. Use a mensagem mais nova.
dialogue-choose = Escolha com os botões, ou escreva /cancelar: não guardei esta mensagem.
dialogue-write = Responda com um texto, ou escreva /cancelar.
dialogue-share-place = Envie uma localização com o clipe, ou escreva /cancelar.
dialogue-not-understood = Use os botões ou escreva /ayuda: não entendi a mensagem.
dialogue-unknown-command = Veja os comandos com /ayuda: esse não existe ou não é para o seu nível.
dialogue-menu = Escolha o que fazer.
