// What the mock counts and puts on the map.
import type { Agent, MapFeature, Overview, Task, TaskStatus } from '../src/api/types.ts';
import { lateBy, unanswered } from '../src/store/filter.ts';

export function overviewOf(all: Task[], agents: Agent[]): Overview {
  const count = (status: TaskStatus) => all.filter((task) => task.status === status).length;
  const free = (availability: string) => agents.filter((agent) => agent.availability === availability).length;
  return {
    at: new Date().toISOString(),
    tasks: {
      scheduled: count('scheduled'),
      in_progress: count('in_progress'),
      paused: count('paused'),
      completed: count('completed'),
      cancelled: count('cancelled'),
      completed_today: count('completed'),
      late: all.filter((task) => lateBy(task, Date.now()) > 0).length,
      unacknowledged: all.filter((task) => unanswered(task) > 0).length,
    },
    work: {
      from: '2026-10-24',
      until: '2026-11-22',
      completed: count('completed'),
      cancelled: count('cancelled'),
      reports: 0,
      on_time: null,
      offered_to_acknowledged: null,
      acknowledged_to_on_site: null,
      on_site_to_completed: null,
      days: [],
    },
    agents: {
      available: free('available'),
      on_task: free('on_task'),
      unavailable: free('unavailable'),
      off_shift: free('off_shift'),
      on_leave: free('on_leave'),
    },
  };
}

export function featuresOf(tasks: Task[], agents: Agent[]): MapFeature[] {
  const at = (lon: number, lat: number) => ({ type: 'Point' as const, coordinates: [lon, lat] });
  const people = agents.flatMap(({ id, name, availability, position }): MapFeature[] =>
    position
      ? [
          {
            type: 'Feature',
            geometry: at(position.lon, position.lat),
            properties: { layer: 'agent', id, name, availability, age_s: position.age_s },
          },
        ]
      : [],
  );
  const work = tasks.flatMap(({ id, code, title, status, priority, place }): MapFeature[] =>
    place?.lat != null && place.lon != null && !['completed', 'cancelled'].includes(status)
      ? [
          {
            type: 'Feature',
            geometry: at(place.lon, place.lat),
            properties: { layer: 'task', id, code, title, status, priority, label: place.label },
          },
        ]
      : [],
  );
  return [...people, ...work];
}
