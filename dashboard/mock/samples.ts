// Complete objects of the contract from the few fields that matter; the one place to mend when it grows.
import type {
  Agent,
  Assignment,
  Attachment,
  Broadcast,
  Emergency,
  Entry,
  Group,
  Leave,
  Me,
  Offer,
  Recipient,
  Shift,
  Swap,
  Task,
  TaskKind,
  TimelineEntry,
  Unit,
  User,
} from '../src/api/types.ts';
import { isSilent } from '../src/store/ledger.ts';

const LONG_AGO = '2026-01-01T00:00:00Z';

export const aUnit = (id: number, name: string): Unit => ({ id, name, created_at: LONG_AGO, groups: [] });

export const aGroup = (id: number, title: string): Group => ({
  id,
  title,
  topic: false,
  forum: false,
  registered_at: LONG_AGO,
  registered_by: null,
  posted_at: null,
  trouble: null,
  topics_refused: false,
});

export const aKind = (given: Pick<TaskKind, 'code' | 'label'> & Partial<TaskKind>): TaskKind => ({
  id: 1,
  emoji: '',
  prefix: given.code.slice(0, 3).toUpperCase(),
  default_priority: 'medium',
  default_minutes: 120,
  crew: 1,
  needs_place: false,
  needs_evidence: false,
  checklist: [],
  active: true,
  sort: 1,
  ...given,
});

export const aTask = (given: Partial<Task> = {}): Task => ({
  id: 1,
  code: 'PAT-2026-0001',
  title: 'Recorrida',
  kind: 'patrullaje',
  kind_label: 'Patrullaje',
  status: 'scheduled',
  priority: 'medium',
  zone: 'America/Argentina/Buenos_Aires',
  created_at: LONG_AGO,
  updated_at: LONG_AGO,
  paused_seconds: 0,
  drill: false,
  assignments: [],
  version: 1,
  late_from: lateFrom(given),
  ...given,
});

/** As the server has it for work whose end somebody named. */
export function lateFrom({ status = 'scheduled', planned_start, planned_end }: Partial<Task>): string | null {
  if (status !== 'scheduled') return planned_end ?? null;
  return planned_start ? new Date(Date.parse(planned_start) + 10 * 60_000).toISOString() : null;
}

export const anAssignment = (
  given: Pick<Assignment, 'agent_id' | 'name'> & Partial<Assignment>,
): Assignment => ({
  state: 'offered',
  at: given.offered_at ?? LONG_AGO,
  offered_at: LONG_AGO,
  rings: 0,
  ...given,
});

export const anAgent = (given: Pick<Agent, 'id' | 'name'> & Partial<Agent>): Agent => ({
  units: [],
  availability: 'available',
  unavailable: false,
  active_tasks: 0,
  linked: true,
  active: true,
  version: 1,
  ...given,
});

export const aUser = (given: Pick<User, 'id' | 'username' | 'name'> & Partial<User>): User => ({
  level: 1,
  units: [],
  permissions: [],
  active: true,
  linked: false,
  has_password: false,
  version: 1,
  created_at: LONG_AGO,
  ...given,
});

export const aMe = (given: Partial<Me> = {}): Me => ({
  id: 1,
  username: 'jefa',
  name: 'Elena Duarte',
  level: 3,
  permissions: [],
  units: [],
  zone: 'America/Argentina/Buenos_Aires',
  live: { epoch: 'mock-1', seq: 0 },
  ...given,
});

export const anEntry = (
  given: Pick<TimelineEntry, 'at' | 'kind'> & Partial<TimelineEntry>,
): TimelineEntry => ({
  attachments: [],
  changed: [],
  ...given,
});

export const anAttachment = (given: Pick<Attachment, 'id' | 'kind'> & Partial<Attachment>): Attachment => ({
  content_type: 'application/octet-stream',
  stored: true,
  ...given,
});

export const anOffer = (given: Pick<Offer, 'agent_id' | 'name'> & Partial<Offer>): Offer => ({
  state: 'offered',
  at: given.offered_at ?? LONG_AGO,
  ring: 0,
  reasons: {
    distance_m: given.distance_m,
    position_age_s: 90,
    load: 0,
    why: given.state === 'passed' ? 'farther' : null,
  },
  blocked: false,
  ...given,
});

export const anEmergency = (given: Pick<Emergency, 'id'> & Partial<Emergency>): Emergency => ({
  code: `EMG-2026-${String(given.id).padStart(4, '0')}`,
  status: 'active',
  place_source: 'none',
  drill: false,
  crew: 1,
  ring: 0,
  offers: [],
  takers: [],
  passed: [],
  ...given,
});

export const aRecipient = (given: Pick<Recipient, 'user_id' | 'name'> & Partial<Recipient>): Recipient => ({
  state: 'sent',
  at: LONG_AGO,
  ...given,
});

export const aBroadcast = (given: Pick<Broadcast, 'id'> & Partial<Broadcast>): Broadcast => ({
  text: 'Atención',
  status: 'active',
  drill: false,
  ack_mode: 'all',
  audience: { kind: 'all' },
  created_at: LONG_AGO,
  expires_at: LONG_AGO,
  counts: countsOf([]),
  ...given,
});

/** How many are in each state, as the server counts them. */
export function countsOf(people: Recipient[]): Broadcast['counts'] {
  const counts = {
    queued: 0,
    sent: 0,
    acknowledged: 0,
    on_the_way: 0,
    needs_help: 0,
    declined: 0,
    unreachable: 0,
    escalated: 0,
    anew: 0,
  };
  for (const { state, escalated_at, answered_at } of people) {
    counts[state] += 1;
    if (state === 'sent' && answered_at != null) counts.anew += 1;
    if (escalated_at != null && isSilent(state)) counts.escalated += 1;
  }
  return counts;
}

const DAY_MS = 86_400_000;

export const aShift = (
  given: Pick<Shift, 'id' | 'agent_id' | 'starts_at' | 'ends_at'> & Partial<Shift>,
): Shift => ({
  name: `#${given.agent_id}`,
  status: 'planned',
  starts_local: given.starts_at.slice(0, 19),
  ends_local: given.ends_at.slice(0, 19),
  zone: 'America/Argentina/Buenos_Aires',
  attachments: [],
  ...given,
});

export const aLeave = (given: Pick<Leave, 'id' | 'agent_id' | 'name'> & Partial<Leave>): Leave => ({
  status: 'requested',
  starts_at: new Date().toISOString(),
  ends_at: new Date(Date.now() + DAY_MS).toISOString(),
  attachments: [],
  ...given,
});

export const aSwap = (
  given: Pick<Swap, 'id' | 'from_agent_id' | 'from_name' | 'to_agent_id' | 'to_name'> & Partial<Swap>,
): Swap => ({
  status: 'accepted',
  ...given,
});

export const anAuditEntry = (
  given: Pick<Entry, 'id' | 'action' | 'subject_kind'> & Partial<Entry>,
): Entry => ({
  at: `2026-11-20T15:0${given.id}:00Z`,
  channel: 'api',
  data: {},
  hash: given.number == null ? null : '8f14e45fceea167a5a36dedd4bea2543',
  ...given,
});
