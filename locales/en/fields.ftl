### Names of a task's fields: in the preview, on the Edit buttons and in refusals.

field-kind = Kind
field-title = Title
field-place = Place
field-when = Time
field-end = End
field-people = People
field-lead = Lead
field-priority = Priority
field-description = Details
field-unit = Unit
field-reason = Reason

## Of everything else, in refusals.
field-username = User name
field-name = Name
field-password = Password
field-email = E-mail
field-phone = Phone
field-badge = Badge
field-level = Level
field-permissions = Permissions
field-language = Language
field-zone = Time zone
field-start = Start
field-from = From
field-until = Until
field-page = Page
field-rows = Rows
field-text = Text
field-audience = Recipients
field-protocol = Protocol
field-confirm-word = Confirmation word
field-expiry = Expiry
field-answers = Answers
field-minutes = Minutes
field-file = File
field-code = Code
field-prefix = Prefix
field-state = State
field-specialty = Specialty
field-days = Days
field-area = Area of the map
field-person = Person
field-availability = Availability
