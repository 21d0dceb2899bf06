// A small invented force and its tasks, for development and tests of the page alone.
import type { Agent, Session, Task, TaskStatus, TimelineEntry, User } from '../src/api/types.ts';
import {
  aGroup,
  aKind,
  anAgent,
  anAssignment,
  anAttachment,
  anEntry,
  aTask,
  aUnit,
  aUser,
} from './samples.ts';

const MINUTE = 60_000;
export const iso = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString();

export const units = [
  aUnit(1, 'Comisaría 1ª'),
  {
    ...aUnit(2, 'Brigada Norte'),
    groups: [
      { ...aGroup(1, 'Guardia Norte'), registered_by: { user_id: 2, name: 'Marta Ruiz', answers: false } },
      { ...aGroup(2, 'Norte · Operativo'), topic: true, trouble: 'Bad Request: TOPIC_CLOSED' },
      { ...aGroup(3, 'Foro Norte'), forum: true, topics_refused: true },
    ],
  },
  aUnit(3, 'Tránsito'),
];

export const kinds = [
  aKind({ code: 'patrullaje', label: 'Patrullaje' }),
  aKind({ code: 'investigacion', label: 'Investigación' }),
  aKind({ code: 'vigilancia', label: 'Vigilancia' }),
  aKind({
    code: 'intervencion',
    label: 'Intervención',
    default_priority: 'urgent',
    needs_evidence: true,
    checklist: ['Asegurar el lugar'],
  }),
  aKind({ code: 'allanamiento', label: 'Allanamiento', default_priority: 'high' }),
  aKind({ code: 'administrativa', label: 'Administrativa', default_priority: 'low' }),
].map((kind, place) => ({ ...kind, id: place + 1, sort: place + 1 }));

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

const positionOf = (i: number): Agent['position'] =>
  i % 5 === 4
    ? null
    : {
        lat: -34.6037 + Math.sin(i * 2.1) * 0.03,
        lon: -58.3816 + Math.cos(i * 1.7) * 0.04,
        accuracy_m: 12,
        age_s: i * i * 45,
        at: iso((-i * i * 45) / 60),
      };

export const makeAgents = (): Agent[] =>
  names.map((name, i) => {
    const availability = states[i % states.length] ?? 'available';
    return anAgent({
      id: i + 1,
      name,
      badge: `LP-${1040 + i}`,
      units: units.slice(i % 3, (i % 3) + 1),
      specialty: i % 4 === 0 ? 'motorizada' : null,
      availability,
      unavailable: availability === 'unavailable',
      reason: availability === 'unavailable' ? 'Móvil en taller' : null,
      position: positionOf(i),
      active_tasks: availability === 'on_task' ? 1 : 0,
      linked: i % 3 !== 2,
    });
  });

export const makeUsers = (): User[] => [
  aUser({ id: 1, username: 'jefa', name: 'Elena Duarte', level: 3, permissions: ['broadcast', 'audit'] }),
  aUser({
    id: 2,
    username: 'supervisor',
    name: 'Raúl Ibarra',
    level: 2,
    units: units.slice(0, 1),
    badge: 'LP-900',
    phone: '+54 11 4555-0900',
    linked: true,
  }),
  ...names.map((name, i) =>
    aUser({
      id: i + 3,
      username: name.toLowerCase().split(' ')[0] ?? '',
      name,
      units: units.slice(i % 3, (i % 3) + 1),
      badge: `LP-${1040 + i}`,
      agent_id: i + 1,
      phone: i % 4 === 3 ? null : `+54 9 11 5555-01${String(i).padStart(2, '0')}`,
      telegram_username: i % 3 === 0 ? `efectivo_${i + 1}` : null,
      active: i !== 9,
      linked: i % 3 !== 2,
    }),
  ),
];

const aSession = (id: string, agent: string, minutes: number, current = false): Session => ({
  id,
  agent,
  current,
  address: current ? '10.0.0.7' : '181.44.12.90',
  created_at: iso(minutes - 600),
  used_at: iso(minutes),
  expires_at: iso(10_000),
});

export const makeSessions = (): Session[] => [
  aSession(
    'a1',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    0,
    true,
  ),
  aSession(
    'b2',
    'Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
    -190,
  ),
  aSession('c3', 'curl/8.14.1', -3000),
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
  return seeds.map(([status, kind, title, priority, label, start, people], i) => {
    const open = status !== 'completed' && status !== 'cancelled';
    const crew = people.map((id) => agents[id - 1] as Agent);
    const first = crew[0];
    return aTask({
      id: 100 + i,
      code: `${kind.slice(0, 3).toUpperCase()}-2026-${String(31 + i).padStart(4, '0')}`,
      title,
      kind,
      kind_label: kinds.find((one) => one.code === kind)?.label ?? kind,
      status,
      priority,
      description:
        i % 3 === 0 ? 'Presentarse con chaleco y radio en canal 4. Informar novedades cada hora.' : null,
      place: { lat: -34.6037 + Math.sin(i * 1.3) * 0.025, lon: -58.3816 + Math.cos(i * 0.9) * 0.035, label },
      planned_start: iso(start),
      planned_end: iso(start + 150),
      started_at: status === 'scheduled' || status === 'cancelled' ? null : iso(start + 4),
      completed_at: status === 'completed' ? iso(start + 110) : null,
      cancelled_at: status === 'cancelled' ? iso(start + 20) : null,
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
        return anAssignment({
          agent_id: agent.id,
          name: agent.name,
          state,
          at: iso(Math.min(-2, start + 3 + n)),
          reason: state === 'declined' ? 'Móvil sin combustible' : null,
        });
      }),
      unit: units[i % 3] ?? null,
    });
  });
}

const photo = anAttachment({ id: 1, kind: 'photo', content_type: 'image/svg+xml', name: 'foto.jpg' });
const paper = anAttachment({ id: 2, kind: 'document', size: 48_200, name: 'acta.pdf' });

export function makeTimeline(task: Task): TimelineEntry[] {
  const lead = task.lead ? { name: task.lead.name } : null;
  const entries = [anEntry({ at: task.created_at, kind: 'created', actor: task.created_by })];
  for (const { name, at, state, reason } of task.assignments) {
    entries.push(anEntry({ at: task.created_at, kind: 'offered', actor: { name } }));
    if (state !== 'offered') entries.push(anEntry({ at, kind: state, actor: { name }, text: reason }));
  }
  if (task.started_at) {
    entries.push(
      anEntry({ at: task.started_at, kind: 'status', from: 'scheduled', to: 'in_progress', actor: lead }),
    );
    const text = 'Perímetro asegurado, sin heridos. Se identificó a dos personas.';
    entries.push(
      anEntry({
        at: iso(-6),
        kind: 'report',
        actor: lead,
        text,
        attachments: [photo, paper],
        place: task.place,
      }),
    );
  }
  if (task.completed_at)
    entries.push(
      anEntry({ at: task.completed_at, kind: 'status', from: 'in_progress', to: 'completed', actor: lead }),
    );
  return entries;
}

export const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><rect width="160" height="120" fill="#5b7083"/><path d="M0 90 50 50l30 25 35-40 45 50v35H0z" fill="#2f4252"/><circle cx="128" cy="26" r="12" fill="#f3d58a"/></svg>';
