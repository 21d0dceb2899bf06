### Palabras que la gente escribe o dicta. Las alternativas van separadas por «|».
### Valen en todos los idiomas a la vez: ninguna debe significar otra cosa en otro idioma.

word-answer = Voy | 1 | Ok | Okey | Recibido | Entendido
word-going = Voy | Ya voy | En camino
word-cannot = No puedo | No voy | No puedo ir
word-done = Listo | Lista | Terminado | Terminada | Terminé | Hecho
word-today = Hoy
word-tomorrow = Mañana
