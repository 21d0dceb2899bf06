### Buttons. At most 30 characters.

button-accept = ✅ I accept
button-acknowledge = ✅ Received
button-assign = 👥 Assign
button-available-again = 🟢 Available
button-back = ↩️ Back
button-cancel = Cancel
button-cancel-task = Call off task
button-choose-time = 🕐 Choose a time
button-confirm = ✅ Confirm
button-continue = ➡️ Continue
button-decline = 🚫 I can't
button-edit = ✏️ Edit
button-en-route = 🚗 On my way
button-finish = 🏁 Finish
button-finish-anyway = 🏁 End it anyway
button-going = 🏃 I'm going
button-instead = 🏃 Leave { $first }, go to { $second }
button-need-help = 🆘 I need help
button-next = Next ➡️
button-no = No
button-nothing-to-report = 👌 Nothing to report
button-now = Now
button-on-site = 📍 On site
button-pause = ⏸️ Pause
button-plus-hour = +1 h
button-previous = ⬅️ Previous
button-reopen = 🔓 Reopen
button-replace = 👥 Choose a replacement
button-report = 📝 Report
button-resume = ▶️ Resume
button-share-location = 📍 Share location
button-skip = ⏭️ Skip
button-something-to-report = 📝 Something to report
button-start = ▶️ Start
button-unavailable = 🔴 Unavailable
button-undo = ↩️ Undo

## The permanent menu below the keyboard.
button-menu-available = 🟢 Who is available
button-menu-create = ➕ Create task
button-menu-help = ❓ Help
button-menu-language = 🌐 Language
button-menu-report = 📝 Report
button-menu-state = 👤 My status
button-menu-tasks = 📋 My tasks
broadcast-button = 📣 { $text }
