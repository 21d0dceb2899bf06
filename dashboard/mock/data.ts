// A small invented force and its tasks, for development and tests of the page alone.
import type {
  Agent,
  Attachment,
  Task,
  TaskKind,
  TaskStatus,
  TimelineEntry,
  Unit,
  User,
} from '../src/api/types.ts';

const MINUTE = 60_000;
export const iso = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString();

export const units: Unit[] = [
  { id: 1, name: 'Comisaría 1ª' },
  { id: 2, name: 'Brigada Norte' },
  { id: 3, name: 'Tránsito' },
];

export const kinds: TaskKind[] = [
  { code: 'patrullaje', label: 'Patrullaje', emoji: '🚓', default_priority: 'medium', default_minutes: 120 },
  {
    code: 'investigacion',
    label: 'Investigación',
    emoji: '🔎',
    default_priority: 'medium',
    default_minutes: 240,
  },
  { code: 'vigilancia', label: 'Vigilancia', emoji: '👁️', default_priority: 'medium', default_minutes: 180 },
  {
    code: 'intervencion',
    label: 'Intervención',
    emoji: '🚨',
    default_priority: 'urgent',
    default_minutes: 60,
  },
  {
    code: 'allanamiento',
    label: 'Allanamiento',
    emoji: '🚪',
    default_priority: 'high',
    default_minutes: 180,
  },
  {
    code: 'administrativa',
    label: 'Administrativa',
    emoji: '📋',
    default_priority: 'low',
    default_minutes: 60,
  },
];

const names = [
  'Marta Gómez',
  'Luis Pereyra',
  'Ana Sosa',
  'Jorge Benítez',
  'Carla Núñez',
  'Diego Ferreyra',
  'Rocío Álvarez',
  'Pablo Medina',
  'Silvia Ortiz',
  'Hernán Castro',
  'Lucía Ramírez',
  'Martín Acosta',
];
const states = [
  'available',
  'on_task',
  'available',
  'on_task',
  'unavailable',
  'off_shift',
  'on_leave',
] as const;

export const makeAgents = (): Agent[] =>
  names.map((name, i) => {
    const availability = states[i % states.length] ?? 'available';
    return {
      id: i + 1,
      name,
      badge: `LP-${1040 + i}`,
      units: units.slice(i % 3, (i % 3) + 1),
      specialty: i % 4 === 0 ? 'motorizada' : null,
      availability,
      reason: availability === 'unavailable' ? 'Móvil en taller' : null,
      position:
        i % 5 === 4
          ? null
          : {
              lat: -34.6037 + Math.sin(i * 2.1) * 0.03,
              lon: -58.3816 + Math.cos(i * 1.7) * 0.04,
              accuracy_m: 12,
              age_s: i * i * 45,
            },
      active_tasks: availability === 'on_task' ? 1 : 0,
    };
  });

export const makeUsers = (): User[] => [
  {
    id: 1,
    username: 'jefa',
    name: 'Elena Duarte',
    level: 3,
    units: [],
    badge: null,
    permissions: ['broadcast', 'audit'],
    active: true,
    linked: false,
  },
  {
    id: 2,
    username: 'supervisor',
    name: 'Raúl Ibarra',
    level: 2,
    units: units.slice(0, 1),
    badge: 'LP-900',
    permissions: [],
    active: true,
    linked: true,
  },
  ...names.map((name, i): User => ({
    id: i + 3,
    username: name.toLowerCase().split(' ')[0] ?? '',
    name,
    level: 1,
    units: units.slice(i % 3, (i % 3) + 1),
    badge: `LP-${1040 + i}`,
    permissions: [],
    active: i !== 9,
    linked: i % 3 !== 2,
  })),
];

type Seed = [TaskStatus, string, string, Task['priority'], string, number, number[]];
const seeds: Seed[] = [
  [
    'in_progress',
    'patrullaje',
    'Recorrida preventiva zona bancaria',
    'medium',
    'Av. Corrientes y Florida',
    -95,
    [2, 4],
  ],
  [
    'in_progress',
    'intervencion',
    'Disturbios en la terminal de ómnibus',
    'critical',
    'Terminal de Retiro',
    -22,
    [1, 8, 9],
  ],
  ['in_progress', 'vigilancia', 'Custodia de acto escolar', 'high', 'Escuela N.º 14', -200, [3]],
  [
    'in_progress',
    'investigacion',
    'Relevamiento de cámaras por robo de vehículo',
    'medium',
    'Lavalle 1200',
    -48,
    [11],
  ],
  [
    'scheduled',
    'patrullaje',
    'Patrullaje nocturno barrio Constitución con presencia en paradas de colectivo',
    'medium',
    'Plaza Constitución',
    45,
    [5],
  ],
  ['scheduled', 'allanamiento', 'Apoyo a orden judicial', 'urgent', 'Piedras 800', 130, [2, 6, 12]],
  ['scheduled', 'vigilancia', 'Vigilancia de depósito municipal', 'low', 'Depósito Sur', -18, []],
  ['scheduled', 'intervencion', 'Corte de calle programado', 'high', '9 de Julio y Belgrano', 1500, [7, 10]],
  ['scheduled', 'administrativa', 'Entrega de oficios al juzgado', 'low', 'Talcahuano 550', 300, [4]],
  [
    'paused',
    'investigacion',
    'Entrevistas a vecinos por ruidos molestos',
    'medium',
    'Humberto 1º 900',
    -170,
    [12],
  ],
  ['paused', 'patrullaje', 'Control vehicular', 'high', 'Acceso Norte km 12', -80, [6]],
  ['completed', 'patrullaje', 'Recorrida matinal microcentro', 'medium', 'Plaza de Mayo', -420, [1, 2]],
  ['completed', 'administrativa', 'Inventario de equipos', 'low', 'Comisaría 1ª', -600, [9]],
  [
    'completed',
    'intervencion',
    'Asistencia por accidente de tránsito',
    'urgent',
    'Av. San Juan y Entre Ríos',
    -260,
    [3, 7],
  ],
  ['cancelled', 'vigilancia', 'Custodia de evento suspendido', 'medium', 'Parque Centenario', -900, []],
];

const ACKS = ['acknowledged', 'en_route', 'on_site', 'offered', 'declined'] as const;

export function makeTasks(agents: Agent[]): Task[] {
  return seeds.map(([status, kind, title, priority, label, start, people], i): Task => {
    const open = status !== 'completed' && status !== 'cancelled';
    const crew = people.map((id) => agents[id - 1] as Agent);
    const first = crew[0];
    return {
      id: 100 + i,
      code: `${kind.slice(0, 3).toUpperCase()}-2026-${String(31 + i).padStart(4, '0')}`,
      title,
      kind,
      status,
      priority,
      description:
        i % 3 === 0 ? 'Presentarse con chaleco y radio en canal 4. Informar novedades cada hora.' : null,
      place: { lat: -34.6037 + Math.sin(i * 1.3) * 0.025, lon: -58.3816 + Math.cos(i * 0.9) * 0.035, label },
      planned_start: iso(start),
      planned_end: iso(start + 150),
      zone: 'America/Argentina/Buenos_Aires',
      started_at: status === 'scheduled' || status === 'cancelled' ? null : iso(start + 4),
      completed_at: status === 'completed' ? iso(start + 110) : null,
      created_at: iso(start - 300),
      updated_at: iso(Math.min(-1, start + 20)),
      created_by: { id: 2, name: 'Raúl Ibarra' },
      status_reason:
        status === 'paused'
          ? 'Esperando orden'
          : status === 'cancelled'
            ? 'Evento suspendido por lluvia'
            : null,
      lead: first ? { agent_id: first.id, name: first.name } : null,
      assignments: crew.map((agent, n) => {
        const state = !open ? 'released' : (ACKS[(i + n) % ACKS.length] ?? 'offered');
        return {
          agent_id: agent.id,
          name: agent.name,
          state,
          at: iso(Math.min(-2, start + 3 + n)),
          reason: state === 'declined' ? 'Móvil sin combustible' : null,
        };
      }),
      unit: units[i % 3] ?? null,
      version: 1,
    };
  });
}

const photo: Attachment = {
  id: 1,
  kind: 'photo',
  content_type: 'image/svg+xml',
  size: 2048,
  name: 'foto.jpg',
};
const paper: Attachment = {
  id: 2,
  kind: 'document',
  content_type: 'application/pdf',
  size: 48_200,
  name: 'acta.pdf',
};

export function makeTimeline(task: Task): TimelineEntry[] {
  const by = task.created_by ?? null;
  const lead = task.lead ? { id: task.lead.agent_id, name: task.lead.name } : null;
  const entries: TimelineEntry[] = [{ at: task.created_at, kind: 'created', actor: by, channel: 'web' }];
  if (lead)
    entries.push({
      at: task.created_at,
      kind: 'assigned',
      actor: by,
      text: task.assignments.map((a) => a.name).join(', '),
    });
  for (const a of task.assignments)
    if (a.state !== 'offered')
      entries.push({
        at: a.at,
        kind: a.state,
        actor: { id: a.agent_id, name: a.name },
        text: a.reason ?? null,
        channel: 'bot',
      });
  if (task.started_at) {
    entries.push({
      at: task.started_at,
      kind: 'status_changed',
      from: 'scheduled',
      to: 'in_progress',
      actor: lead,
      channel: 'bot',
    });
    entries.push({
      at: iso(-6),
      kind: 'report',
      actor: lead,
      text: 'Perímetro asegurado, sin heridos. Se identificó a dos personas.',
      attachments: [photo, paper],
      place: task.place ?? null,
      channel: 'bot',
    });
  }
  if (task.completed_at)
    entries.push({
      at: task.completed_at,
      kind: 'status_changed',
      from: 'in_progress',
      to: 'completed',
      actor: lead,
      channel: 'bot',
    });
  return entries;
}

export const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><rect width="160" height="120" fill="#5b7083"/><path d="M0 90 50 50l30 25 35-40 45 50v35H0z" fill="#2f4252"/><circle cx="128" cy="26" r="12" fill="#f3d58a"/></svg>';
