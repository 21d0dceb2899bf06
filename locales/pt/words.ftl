### Palavras que as pessoas escrevem ou ditam. As alternativas são separadas por «|».
### Valem em todos os idiomas: «pronto» fica de fora, pois em espanhol quer dizer «daqui a pouco».

word-answer = Vou | 1 | Ok | Recebido | Entendido
word-going = Vou | Já vou | Estou indo | A caminho
word-cannot = Não posso | Não vou | Não posso ir | Não consigo
word-done = Concluído | Concluída | Finalizado | Terminei | Feito | Tudo pronto
word-today = Hoje
word-tomorrow = Amanhã
# Procuram-se dentro do que se escreve. «SOS» fica de fora, pois no espanhol do Rio da Prata quer dizer «és», e «ajuda» sozinha também: presta-se a outros.
word-cry = Socorro | Preciso de ajuda | Precisamos de ajuda | Me ajudem | Me ajuda | Nos ajudem | Estão atirando | Estou ferido | Estou ferida | Mandem reforço | Mandem reforços | Preciso de reforço | Precisamos de reforço
