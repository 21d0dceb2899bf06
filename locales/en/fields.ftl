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
