### Enrolment and welcome.

start-account-taken = This Telegram account already belongs to somebody else. Ask your supervisor for help.
start-board = Board
start-changed = Your options have changed: use the buttons or see /ayuda.
start-consent =
    Read and accept to begin, { $name }.
    We keep your name, your Telegram account, your tasks and what you send here. Your location only when you share it, on shift or on a task.
    You can withdraw your consent to positions and photos at any time, in /misdatos.
start-consent-declined = Without your acceptance I cannot enrol you. The link keeps working until it expires.
start-disabled = Your account is disabled. Talk to your supervisor.
start-enrolled = ✅ Done, { $name }. You can now receive and close tasks here.
start-link-expired = This link has expired. Ask your supervisor for a new one.
start-link-unknown = This link is not valid. Ask your supervisor for a new one.
start-link-used = This link has already been used. Ask your supervisor for a new one.
start-stranger = This service is for staff only; if that is you, please ask your supervisor for your enrolment link.
start-unlinked = This chat no longer belongs to an account of the service. To come back, ask your supervisor for an enrolment link.
start-welcome-admin = Hello, { $name }. Create tasks, see who is available or follow your own with the buttons.
start-welcome-agent = Hello, { $name }. See your tasks or send a report with the buttons.
start-welcome-supervisor = Hello, { $name }. Create tasks and see who is available in your units with the buttons.
