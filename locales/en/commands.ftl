### Descriptions in Telegram's list of commands.

command-available = See who is available and where
command-broadcast = Send a broadcast and see who answers
command-cancel = Drop what I am doing
command-create = Create a task
command-finish = Finish a task
command-help = Help for this moment
command-language = Change the language
command-my-data = See what is kept about me
command-report = Send a report
command-start = Open the menu
command-state = See or change my availability
command-tasks = See my open tasks
