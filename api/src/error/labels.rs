//! What people call a field. Programs go by its name in `errors`.

use locales::{Lang, Sentence};

/// The name of a field in the language of people, by where it stands: `place.lat` is the place. What has none is called as it
/// was written.
pub(super) fn label(path: &str, lang: Lang) -> String {
    let outermost = path.split(['.', '[']).next().unwrap_or_default();
    let sentence = match outermost {
        "title" => Sentence::FieldTitle,
        "kind" => Sentence::FieldKind,
        "description" => Sentence::FieldDescription,
        "priority" | "default_priority" => Sentence::FieldPriority,
        "place" | "lat" | "lon" => Sentence::FieldPlace,
        "planned_start" | "at" => Sentence::FieldWhen,
        "planned_end" | "ends_at" | "end" => Sentence::FieldEnd,
        "agent_ids" | "user_ids" => Sentence::FieldPeople,
        "lead_agent_id" => Sentence::FieldLead,
        "unit_id" | "units" | "new_units" | "unit_ids" => Sentence::FieldUnit,
        "reason" | "override_reason" => Sentence::FieldReason,
        "username" => Sentence::FieldUsername,
        "name" | "label" => Sentence::FieldName,
        "password" => Sentence::FieldPassword,
        "email" => Sentence::FieldEmail,
        "phone" => Sentence::FieldPhone,
        "badge" => Sentence::FieldBadge,
        "level" => Sentence::FieldLevel,
        "permissions" => Sentence::FieldPermissions,
        "lang" => Sentence::FieldLanguage,
        "zone" => Sentence::FieldZone,
        "starts_at" | "start" | "started_at" => Sentence::FieldStart,
        "from" => Sentence::FieldFrom,
        "until" | "to" => Sentence::FieldUntil,
        "cursor" => Sentence::FieldPage,
        "limit" => Sentence::FieldRows,
        "text" => Sentence::FieldText,
        "audience" => Sentence::FieldAudience,
        "protocol" => Sentence::FieldProtocol,
        "confirm_word" => Sentence::FieldConfirmWord,
        "expires_at" => Sentence::FieldExpiry,
        "ack_mode" => Sentence::FieldAnswers,
        "minutes" | "every_minutes" | "default_minutes" => Sentence::FieldMinutes,
        "file" => Sentence::FieldFile,
        "code" => Sentence::FieldCode,
        "prefix" => Sentence::FieldPrefix,
        "status" | "state" => Sentence::FieldState,
        "specialty" => Sentence::FieldSpecialty,
        "weekdays" => Sentence::FieldDays,
        "bbox" | "radius_m" => Sentence::FieldArea,
        "agent_id" | "user_id" | "to_agent_id" => Sentence::FieldPerson,
        "availability" | "unavailable" => Sentence::FieldAvailability,
        _ => return path.to_owned(),
    };
    sentence.to(lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_as_people_call_them() {
        assert_eq!(label("cursor", Lang::Es), "Página");
        assert_eq!(label("until", Lang::En), "Until");
        assert_eq!(label("place.lat", Lang::Pt), "Local");
        assert_eq!(label("agent_ids[3]", Lang::Es), "Personal");
        assert_eq!(label("zzz", Lang::Es), "zzz");
    }
}
