### What is kept about a person, for that person.

my-data-head = 🗂 Your data: { $name } ({ $username }) · { $units }
my-data-contact = Also kept: { $what }
my-data-email = e-mail
my-data-phone = phone
my-data-consent = You accepted to link this Telegram on { $at }
my-data-work = Tasks: { $tasks } · reports: { $reports } · shifts: { $shifts } · leave: { $leaves } · said unavailable: { $unavailable } · open sessions: { $sessions }
my-data-positions = Positions kept: { $count }, from { $oldest } to { $newest }
my-data-nowhere = No positions are kept.
my-data-exact = Positions are kept for 30 days; after that only where each task began and ended.
my-data-map = Your supervisors see your last position on the map.
my-data-off-map = You withdrew your consent: no more locations of yours are kept, and the last one is no longer on the map.
my-data-unseen = Nobody looked at where you were.
my-data-seen = Who looked at where you were:
my-data-seen-by = · { $name }, { $at }
my-data-file = Your data, row by row. The file is yours: keep it where nobody else reads it.
button-my-file = 📥 Download my data
my-data-consents = Consents:
my-data-consent-given = · { $what }: yes, since { $at }
my-data-consent-withdrawn = · { $what }: no, since { $at }
my-data-consent-unasked = · { $what }: yes
consent-location = positions
consent-media = photos, videos and voice
button-consent-withdraw = 🚫 Withdraw consent: { $what }
button-consent-give = ✅ Give consent: { $what }
