### The Telegram groups of units.

command-group = Register the group of a unit
help-group = /grupo · the Telegram group or topic where your unit's broadcasts arrive

group-ask = Which unit does this group belong to? Its broadcasts will arrive here.
group-ask-again = This group gets the broadcasts of { $unit }. You can change the unit or remove it.
group-kept = ✅ This group gets the broadcasts of { $unit }.
group-none = This group gets no broadcasts.
group-answer = Answer with a button. You also get it in private.
group-lost = ⚠️ The bot is no longer in “{ $title }”: that group no longer gets the broadcasts of { $unit }.
group-list = These groups get broadcasts of your units:
group-list-one = • { $title }: { $unit }
group-list-empty = No group gets broadcasts of your units.
group-how = To register one: add the bot to the group, write /grupo there (or in the topic) and tap the unit.
button-group-end = ✖ Remove { $title }
group-done = ✅ Done
group-emergency = 🆘 { $code }: { $coming } of { $crew } are coming.
group-emergency-came = 🆘 { $code }: { $coming } of { $crew } said they would come.
group-emergency-over = 🏁 It is over.
group-page = Another page
group-ownerless = ⚠️ { $name } registered the group “{ $title }” and no longer supervises { $unit }. The group still gets its broadcasts: check who is in it. To take it over write /grupo there; or remove it.
group-topics-refused = ⚠️ I cannot open topics here: emergencies have none of their own. Make me an administrator with the right “Manage topics” and I try again.
group-list-topics-refused = ⚠️ No topics for emergencies: the bot lacks the right “Manage topics” in the group.
group-topics-off = ⚠️ Topics are switched off in this group: emergencies have none of their own and appear in the general chat. Switch them on in the settings of the group and write /grupo.
group-list-topics-off = ⚠️ No topics for emergencies: topics are switched off in the group.
