// Somebody who can be chosen for a task, as candidates of a task or as agents near a place.
import type { Agent, Availability, Candidate } from '../api/types';
import { distance, type LatLon } from '../map/projection';

export type Person = {
  id: number;
  name: string;
  availability: Availability;
  /** Says that he cannot, whatever decides; why, and until when. */
  unavailable: boolean;
  reason: string | null;
  until: string | null;
  /** Needs help himself: `calling` or `in_need`. */
  need: string | null;
  distance: number | null;
  age: number | null;
  /** How exactly the place is known, in metres. */
  accuracy: number | null;
  load: number;
  /** Whether Telegram reaches this person. */
  linked: boolean;
};
export type Chosen = { id: number; name: string };

export const fromCandidate = (c: Candidate): Person => ({
  id: c.agent_id,
  name: c.name,
  availability: c.availability,
  unavailable: c.unavailable,
  reason: c.reason ?? null,
  until: c.until ?? null,
  need: c.need ?? null,
  distance: c.distance_m ?? null,
  age: c.position_age_s ?? null,
  accuracy: c.position_accuracy_m ?? null,
  load: c.active_tasks,
  linked: c.linked,
});

export const fromAgent = (agent: Agent, near: LatLon | null): Person => ({
  id: agent.id,
  name: agent.name,
  availability: agent.availability,
  unavailable: agent.unavailable,
  reason: agent.reason ?? null,
  until: agent.until ?? null,
  need: agent.need ?? null,
  distance: near && agent.position ? distance(near, agent.position) : null,
  age: agent.position?.age_s ?? null,
  accuracy: agent.position?.accuracy_m ?? null,
  load: agent.active_tasks,
  linked: agent.linked,
});

const RANK: Availability[] = ['available', 'on_task', 'off_shift', 'unavailable', 'on_leave'];

/** Free people first, then the nearest, then the least loaded; those who need help themselves after all others. */
export const ranked = (people: Person[]): Person[] =>
  [...people].sort(
    (a, b) =>
      Number(a.need !== null) - Number(b.need !== null) ||
      RANK.indexOf(a.availability) - RANK.indexOf(b.availability) ||
      (a.distance ?? Infinity) - (b.distance ?? Infinity) ||
      a.load - b.load ||
      a.name.localeCompare(b.name),
  );
