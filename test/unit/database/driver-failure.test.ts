import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  isRefusedCommit,
  isStalePlan,
  isWorthRepeating,
  meansUnavailable,
  sqlStateOf,
} from '../../../src/platform/database/driver-failure.js';

function reported(code: string, severity = 'ERROR', routine?: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('said by the server', 20, 'error'), { code, severity, routine });
}

describe('a failure', () => {
  it.each([
    ['a shutdown', reported('57P01', 'FATAL')],
    ['a server that is starting', reported('57P03', 'FATAL')],
    ['too many connections', reported('53300', 'FATAL')],
    ['a statement that took too long', reported('57014')],
    ['a lock that was not had in time', reported('55P03')],
    ['a broken connection', reported('08006')],
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a missing socket', Object.assign(new Error('connect'), { code: 'ENOENT' })],
    ['every address refused', new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })])],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    ['a lost connection met later', new Error('Client has encountered a connection error and is not queryable')],
    ['an exhausted pool', new Error('timeout exceeded when trying to connect')],
  ])('means unavailable: %s', (_, failure) => {
    expect(meansUnavailable(failure)).toBe(true);
  });

  it.each([
    ['a duplicate', reported('23505')],
    ['a refused right', reported('42501')],
    ['a deadlock', reported('40P01')],
    ['a wrong password', reported('28P01', 'FATAL')],
    ['a defect of ours', new TypeError('x is not a function')],
    ['no error at all', 'thrown'],
  ])('does not mean unavailable: %s', (_, failure) => {
    expect(meansUnavailable(failure)).toBe(false);
  });

  it('is worth repeating when another run may succeed', () => {
    expect(isWorthRepeating(reported('40P01'))).toBe(true);
    expect(isWorthRepeating(reported('40001'))).toBe(true);
    expect(isWorthRepeating(reported('0A000', 'ERROR', 'RevalidateCachedQuery'))).toBe(true);
    expect(isWorthRepeating(reported('0A000'))).toBe(false);
    expect(isWorthRepeating(reported('23505'))).toBe(false);
    expect(isWorthRepeating(new Error('Connection terminated unexpectedly'))).toBe(false);
  });

  it('tells a stale plan by where the server found it', () => {
    expect(isStalePlan(reported('0A000', 'ERROR', 'RevalidateCachedQuery'))).toBe(true);
    expect(isStalePlan(reported('0A000'))).toBe(false);
  });

  it('of a COMMIT is certain only when the server refused and stayed', () => {
    expect(isRefusedCommit(reported('23503'))).toBe(true);
    expect(isRefusedCommit(reported('57P01', 'FATAL'))).toBe(false);
    expect(isRefusedCommit(new Error('Connection terminated unexpectedly'))).toBe(false);
  });

  it('has a state only when the server reported it', () => {
    expect(sqlStateOf(reported('23505'))).toBe('23505');
    expect(sqlStateOf(Object.assign(new Error(), { code: '23505' }))).toBeUndefined();
  });
});
