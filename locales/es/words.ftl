### Palabras que la gente escribe o dicta. Las alternativas van separadas por «|».
### Valen en todos los idiomas a la vez: ninguna debe significar otra cosa en otro idioma.

word-answer = Voy | 1 | Ok | Okey | Recibido | Entendido
word-going = Voy | Ya voy | En camino
word-cannot = No puedo | No voy | No puedo ir
word-done = Listo | Lista | Terminado | Terminada | Terminé | Hecho
word-today = Hoy
word-tomorrow = Mañana
# Se buscan dentro de lo escrito. «SOS» queda fuera, pues en el Río de la Plata quiere decir «eres», y «ayuda» sola también: se presta a otros.
word-cry = Auxilio | Socorro | Necesito ayuda | Necesitamos ayuda | Ayúdenme | Ayúdennos | Ayúdame | Me disparan | Nos disparan | Están disparando | Siguen disparando | Me atacan | Nos atacan | Me hirieron | Estoy herido | Estoy herida | Manden refuerzos | Mandar refuerzos | Necesito refuerzos | Necesitamos refuerzos
