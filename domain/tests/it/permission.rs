//! The permission table, every act by every kind of person.

use domain::{
    Actor,
    actor::{Act, Channel, Level, Stake},
};

const OURS: i64 = 1;
const THEIRS: i64 = 2;

const ACTS: [Act; 10] = [
    Act::See,
    Act::Edit,
    Act::Assign,
    Act::Start,
    Act::Pause,
    Act::Complete,
    Act::ForceComplete,
    Act::Cancel,
    Act::Reopen,
    Act::Report,
];

fn person(id: i64, level: Level, unit_id: i64) -> Actor {
    Actor {
        user_id: Some(id),
        level,
        permissions: Vec::new(),
        unit_ids: vec![unit_id],
        agent_id: (level == Level::Agent).then_some(id),
        ..Actor::system(Channel::Api)
    }
}

/// A task of our unit: 1 leads, 2 is on it, 3 was, 4 declined, 5 created it, 6 is on it from the other unit.
fn stake() -> Stake {
    Stake {
        unit_id: Some(OURS),
        created_by: Some(5),
        lead_agent_id: Some(1),
        agent_ids: vec![1, 2, 6],
        former_agent_ids: vec![3],
        agent_unit_ids: vec![OURS, THEIRS],
    }
}

#[test]
fn every_act_by_every_kind_of_person() {
    use Level::{Admin, Agent, Supervisor};
    let table = [
        // See, Edit, Assign, Start, Pause, Complete, ForceComplete, Cancel, Reopen, Report
        ("lead", person(1, Agent, OURS), "S..TPC...R"),
        ("assignee", person(2, Agent, OURS), "S........R"),
        ("former assignee", person(3, Agent, OURS), "S........."),
        ("who declined", person(4, Agent, OURS), ".........."),
        ("creating agent", person(5, Agent, THEIRS), "S......X.R"),
        ("other agent", person(9, Agent, OURS), ".........."),
        ("supervisor", person(9, Supervisor, OURS), "SEATP.FXOR"),
        (
            "supervisor of an assignee",
            person(9, Supervisor, THEIRS),
            "S.........",
        ),
        (
            "supervisor elsewhere",
            person(9, Supervisor, 3),
            "..........",
        ),
        (
            "creating supervisor",
            person(5, Supervisor, 3),
            "SEA....X.R",
        ),
        ("admin", person(9, Admin, 3), "SEATP.FXOR"),
        ("system", Actor::system(Channel::Timer), "SEATP.FXOR"),
    ];
    for (who, actor, may) in table {
        let stake = stake();
        let letters = ['S', 'E', 'A', 'T', 'P', 'C', 'F', 'X', 'O', 'R'];
        let row: String = ACTS
            .iter()
            .zip(letters)
            .map(|(act, letter)| if actor.may(*act, &stake) { letter } else { '.' })
            .collect();
        assert_eq!(row, may, "{who}");
    }
}

#[test]
fn a_task_without_unit_is_the_admins_and_its_creators() {
    let stake = Stake {
        created_by: Some(5),
        ..Stake::default()
    };
    let boss = person(9, Level::Supervisor, OURS);
    let creator = person(5, Level::Supervisor, OURS);
    let admin = person(9, Level::Admin, OURS);
    for act in ACTS {
        assert!(!boss.may(act, &stake), "{act:?}");
        let admins = act != Act::Complete;
        assert_eq!(admin.may(act, &stake), admins, "{act:?}");
    }
    assert!(creator.may(Act::Cancel, &stake) && !creator.may(Act::Start, &stake));
}

#[test]
fn nobody_is_a_stakeholder_by_having_no_id() {
    let nobody = Actor {
        user_id: None,
        level: Level::Agent,
        permissions: Vec::new(),
        ..Actor::system(Channel::Cli)
    };
    for act in ACTS {
        assert!(!nobody.may(act, &Stake::default()), "{act:?}");
    }
}
