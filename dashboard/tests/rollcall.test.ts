// Who stands where in the roll-call, when somebody is expected, and whom to call.
import { describe, expect, it } from 'vitest';
import { anEmergency, anOffer, aUnit, aUser } from '../mock/samples';
import {
  arrivals,
  byNeed,
  chatOf,
  coming,
  countsOf,
  dialOf,
  expectedAt,
  isWidening,
  lacking,
  phoneList,
  ringOf,
  rollCall,
  stepOf,
} from '../src/store/rollcall';

const at = (minute: number) => `2026-11-22T15:${String(minute).padStart(2, '0')}:00Z`;
const offer = (agent_id: number, state: Parameters<typeof anOffer>[0]['state'], minute = 0) =>
  anOffer({ agent_id, name: `A${agent_id}`, state, offered_at: at(minute) });
const goer = (agent_id: number) => ({ ...offer(agent_id, 'taken'), en_route_at: at(1) });

describe('the roll-call', () => {
  it('has the silent first, those silent the longest before the others', () => {
    const offers = [
      goer(1),
      offer(2, 'offered', 5),
      offer(3, 'declined'),
      offer(4, 'offered', 1),
      offer(5, 'stood_down'),
      offer(6, 'unreachable'),
      offer(7, 'taken'),
    ];
    expect(rollCall(offers).map((one) => one.agent_id)).toEqual([4, 2, 6, 7, 1, 3, 5]);
  });

  it('counts everybody who was asked once', () => {
    const asked = [offer(2, 'offered'), offer(3, 'offered'), offer(4, 'declined'), offer(5, 'taken')];
    const offers = [goer(1), ...asked];
    const counts = countsOf(anEmergency({ id: 1, offers }));
    const rest = { unreachable: 0, there: 0, stood_down: 0 };
    expect(counts).toEqual({ offered: 2, heard: 1, taken: 1, declined: 1, ...rest });
    expect(Object.values(counts).reduce((sum, n) => sum + n)).toBe(offers.length);
  });

  it('tells who is there from who still comes', () => {
    const there = { ...offer(1, 'taken'), on_site_at: at(9) };
    const gone = { ...offer(2, 'declined'), on_site_at: at(9) };
    const emergency = anEmergency({ id: 1, offers: [there, gone, goer(3)] });
    expect(countsOf(emergency)).toMatchObject({ taken: 1, there: 1, declined: 1 });
    expect(rollCall(emergency.offers).map((one) => one.agent_id)).toEqual([3, 1, 2]);
  });

  it('counts no ring in which nobody was asked', () => {
    const offers = [offer(1, 'offered'), { ...offer(2, 'offered'), ring: 1 }];
    const searching = anEmergency({ id: 1, ring: 20, offers });
    expect([ringOf(searching), isWidening(searching)]).toEqual([1, false]);
    const found = anEmergency({ id: 1, ring: 1, offers });
    expect([ringOf(found), isWidening(found)]).toEqual([1, true]);
    expect(ringOf(anEmergency({ id: 1, ring: 4 }))).toBe(0);
    const sent = { ...offer(3, 'taken'), ring: null };
    const long = anEmergency({ id: 1, ring: 57, offers: [...offers, sent] });
    expect([ringOf(long), isWidening(long)]).toEqual([1, false]);
  });

  it('expects people from their answer on, and nobody without a distance', () => {
    const near = anOffer({ agent_id: 1, name: 'A', state: 'taken', eta_minutes: 3, answered_at: at(10) });
    const early = anOffer({ agent_id: 2, name: 'B', state: 'taken', eta_minutes: 5, answered_at: at(2) });
    const blind = anOffer({ agent_id: 3, name: 'C', state: 'taken', answered_at: at(1) });
    expect(expectedAt(near)).toBe(Date.parse(at(13)));
    expect(expectedAt(blind)).toBeNull();
    expect(arrivals([blind, near, early]).map((one) => one.name)).toEqual(['B', 'A', 'C']);
  });

  it('puts whoever is there first, and tells who goes from who only got the order', () => {
    const who = { state: 'taken', eta_minutes: 3, answered_at: at(10) } as const;
    const heard = anOffer({ ...who, agent_id: 1, name: 'A' });
    const going = anOffer({ ...who, agent_id: 2, name: 'B', en_route_at: at(10) });
    const there = anOffer({ ...who, agent_id: 3, name: 'C', en_route_at: at(10), on_site_at: at(20) });
    expect([heard, going, there].map(stepOf)).toEqual(['heard', 'going', 'there']);
    expect(arrivals([heard, going, there]).map((one) => one.name)).toEqual(['C', 'B', 'A']);
    const takers = [heard, going, there];
    expect(coming(anEmergency({ id: 1, takers })).map((one) => one.name)).toEqual(['B', 'C']);
  });

  it('needs others for whom Telegram tells nothing any more, for who calls himself, and for who only got the order', () => {
    const lost = [
      { ...goer(2), blocked: true },
      { ...goer(4), own_call: 'EMG-2026-0002' },
    ];
    const takers = [goer(1), ...lost, offer(3, 'taken')];
    expect(lacking(anEmergency({ id: 1, crew: 3, takers }))).toBe(2);
  });

  it('puts those to which nobody comes first, and drills last', () => {
    const list = [
      anEmergency({ id: 1, drill: true }),
      anEmergency({ id: 2, takers: [goer(1)] }),
      anEmergency({ id: 3 }),
      anEmergency({ id: 4, takers: [offer(1, 'taken')] }),
    ];
    expect(byNeed(list).map(({ id }) => id)).toEqual([3, 4, 2, 1]);
  });
});

describe('phones', () => {
  it.each([
    ['+54 9 11 5555-0101', 'tel:+5491155550101'],
    ['911', 'tel:911'],
    ['', null],
    [null, null],
    ['sin', null],
    ['1+2', null],
  ])('%s dials %s', (phone, link) => expect(dialOf(phone)).toBe(link));

  it.each([
    ['maria_g', 'https://t.me/maria_g'],
    ['a/../b', null],
    [undefined, null],
  ])('%s is written to at %s', (name, link) => expect(chatOf(name)).toBe(link));

  it('are those of the unit, in command first; without a unit those in command', () => {
    const [one, two] = [aUnit(1, 'Uno'), aUnit(2, 'Dos')];
    const users = [
      aUser({ id: 1, username: 'a', name: 'Ana', phone: '4555', units: [one] }),
      aUser({ id: 2, username: 'b', name: 'Beto', phone: '4556', units: [one], level: 2 }),
      aUser({ id: 3, username: 'c', name: 'Cora', phone: '4557', units: [two], level: 2 }),
      aUser({ id: 4, username: 'd', name: 'Dina', units: [one], level: 2 }),
      aUser({ id: 5, username: 'e', name: 'Eva', phone: '4558', units: [one], active: false }),
    ];
    expect(phoneList(users, 1).map(({ id }) => id)).toEqual([2, 1]);
    expect(phoneList(users, null).map(({ id }) => id)).toEqual([2, 3]);
  });
});
