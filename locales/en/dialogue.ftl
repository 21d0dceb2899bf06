### Dialogues: dropped, lost, not understood.

cancel-dropped = Cancelled. Nothing was saved.
cancel-nothing = There is nothing to cancel.
dialogue-outdated = Start again: what you were doing can no longer be read. Nothing was saved.
dialogue-expired = Much time has passed: what you had begun was not saved. Begin anew if you need it.
dialogue-button-gone = That button no longer works. Use the newest message.
dialogue-choose = Choose with the buttons, or type /cancelar: I did not keep this message.
dialogue-write = Answer with text, or type /cancelar.
dialogue-share-place = Send a location with the paper clip, or type /cancelar.
dialogue-not-understood = Use the buttons or type /ayuda: I did not understand the message.
dialogue-unknown-command = See the commands with /ayuda: that one does not exist or is not for your level.
dialogue-menu = Choose what to do.
