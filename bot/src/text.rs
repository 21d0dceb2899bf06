//! How texts, times, ages and distances look.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    agent::Need,
    availability::Availability,
    geo::Point,
    task::{AssignmentState, Place, Priority, Status},
};
use locales::{Lang, Sentence};
use unicode_segmentation::UnicodeSegmentation;

/// At most `most` characters as people count them; what is cut ends in "…".
pub fn cut(text: &str, most: usize) -> String {
    match text.grapheme_indices(true).nth(most) {
        None => text.to_owned(),
        Some(_) => text
            .graphemes(true)
            .take(most.saturating_sub(1))
            .chain(["…"])
            .collect(),
    }
}

/// At most `most` UTF-16 units, which is how Telegram counts, cut between characters.
pub fn cut_units(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let kept = text.graphemes(true).take_while(|grapheme| {
        let fits = units(grapheme) <= left;
        left -= units(grapheme).min(left);
        fits
    });
    kept.chain(["…"]).collect()
}

/// The length in UTF-16 units.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The time of day; with the date when that is another day.
pub fn clock(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    let (local, today) = (at.with_timezone(&zone), now.with_timezone(&zone));
    if local.date_naive() == today.date_naive() {
        local.format("%H:%M").to_string()
    } else {
        local.format("%d/%m %H:%M").to_string()
    }
}

/// How long ago.
pub fn age(at: DateTime<Utc>, now: DateTime<Utc>, lang: Lang) -> String {
    let age = (now - at).max(TimeDelta::zero());
    let sentence = if age < TimeDelta::minutes(1) {
        Sentence::AvailabilityAgeNow
    } else if age < TimeDelta::hours(1) {
        Sentence::AvailabilityAgeMinutes {
            count: age.num_minutes().into(),
        }
    } else if age < TimeDelta::days(1) {
        Sentence::AvailabilityAgeHours {
            count: age.num_hours().into(),
        }
    } else {
        Sentence::AvailabilityAgeDays {
            count: age.num_days().into(),
        }
    };
    sentence.to(lang)
}

/// An age, and how exactly the place is known, as far as it is.
pub fn within(age: String, accuracy_m: Option<f64>, lang: Lang) -> String {
    match accuracy_m {
        Some(metres) => Sentence::AvailabilityAccuracy {
            age: age.into(),
            metres: (metres.ceil() as i64).into(),
        }
        .to(lang),
        None => age,
    }
}

/// Metres below one kilometre, else kilometres with one decimal.
pub fn distance(metres: f64, lang: Lang) -> String {
    if metres < 1000.0 {
        let tens = (metres / 10.0).round() * 10.0;
        return Sentence::AvailabilityDistanceM {
            m: (tens as i64).into(),
        }
        .to(lang);
    }
    Sentence::AvailabilityDistanceKm {
        km: ((metres / 100.0).round() / 10.0).into(),
    }
    .to(lang)
}

pub fn availability(one: Availability, reason: Option<&str>, lang: Lang) -> String {
    let sentence = match (one, reason) {
        (Availability::Available, _) => Sentence::AvailabilityAvailable,
        (Availability::OffShift, _) => Sentence::AvailabilityOffShift,
        (Availability::OnLeave, _) => Sentence::AvailabilityOnLeave,
        (Availability::OnTask, _) => Sentence::AvailabilityOnTask,
        (Availability::Unavailable, Some(reason)) => Sentence::AvailabilityUnavailableBecause {
            reason: cut(reason, 60).into(),
        },
        (Availability::Unavailable, None) => Sentence::AvailabilityUnavailable,
    };
    sentence.to(lang)
}

/// How somebody needs help himself.
pub fn need(need: &Need, lang: Lang) -> String {
    let sentence = match need {
        Need::Calling { code: Some(code) } => {
            Sentence::AvailabilityCallingFor { code: code.into() }
        }
        Need::Calling { code: None } => Sentence::AvailabilityCalling,
        Need::Said => Sentence::AvailabilityInNeed,
    };
    sentence.to(lang)
}

/// The same until a moment, where it ends by itself.
pub fn availability_until(
    one: Availability,
    reason: Option<&str>,
    until: Option<String>,
    lang: Lang,
) -> String {
    let availability = availability(one, reason, lang);
    match until {
        Some(until) => Sentence::AvailabilityUntil {
            availability: availability.into(),
            until: until.into(),
        }
        .to(lang),
        None => availability,
    }
}

pub fn priority(one: Priority, lang: Lang) -> String {
    let sentence = match one {
        Priority::Low => Sentence::PriorityLow,
        Priority::Medium => Sentence::PriorityMedium,
        Priority::High => Sentence::PriorityHigh,
        Priority::Urgent => Sentence::PriorityUrgent,
        Priority::Critical => Sentence::PriorityCritical,
    };
    sentence.to(lang)
}

pub fn status(one: Status, lang: Lang) -> String {
    let sentence = match one {
        Status::Scheduled => Sentence::StatusScheduled,
        Status::InProgress => Sentence::StatusInProgress,
        Status::Paused => Sentence::StatusPaused,
        Status::Completed => Sentence::StatusCompleted,
        Status::Cancelled => Sentence::StatusCancelled,
    };
    sentence.to(lang)
}

pub fn assignment(one: AssignmentState, lang: Lang) -> String {
    let sentence = match one {
        AssignmentState::Offered => Sentence::AssignmentOffered,
        AssignmentState::Acknowledged => Sentence::AssignmentAcknowledged,
        AssignmentState::Declined => Sentence::AssignmentDeclined,
        AssignmentState::EnRoute => Sentence::AssignmentEnRoute,
        AssignmentState::OnSite => Sentence::AssignmentOnSite,
        AssignmentState::Released => Sentence::AssignmentReleased,
    };
    sentence.to(lang)
}

/// Coordinates to about a metre, as maps understand them.
pub fn point(point: Point) -> String {
    format!("{:.5}, {:.5}", point.lat, point.lon)
}

/// The words of a place, else its coordinates.
pub fn place(place: &Place, lang: Lang) -> String {
    let pin = place.point.map(|point| {
        let words = Sentence::TaskCardPlacePin.to(lang);
        format!("{words} ({})", self::point(point))
    });
    match (&place.label, pin) {
        (Some(label), _) => label.clone(),
        (None, pin) => pin.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_not_cut_in_two() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(cut(&family.repeat(3), 2), format!("{family}…"));
        assert_eq!(cut(family, 1), family);
        assert_eq!(cut_units(&family.repeat(3), 13), format!("{family}…"));
        assert_eq!(cut("corto", 5), "corto");
    }

    #[test]
    fn what_is_cut_fits() {
        for most in 1..40 {
            assert!(units(&cut_units("añoño👨‍👩‍👧‍👦 niño🇦🇷 final largo", most)) <= most);
        }
    }
}
