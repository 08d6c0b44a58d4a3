import { expect, test } from 'vitest';
import type { Contact } from '@/api/model';
import { callState } from './callState';

const call = (state: Contact['state'], over: { reason?: string; connectedMs?: number } = {}) =>
  ({
    state,
    disconnected_at: over.reason ? '2026-11-23T09:00:00.000Z' : null,
    disconnect_reason: over.reason ? { code: over.reason, class: 'carrier' } : null,
    legs: [{ id: 'leg_1', kind: 'customer', connected_ms: over.connectedMs ?? 0 }],
  }) as unknown as Contact;

test('a call is dialed until somebody answers or nobody does', () => {
  expect(callState(call('dialing'), false)).toEqual({ kind: 'dialing', sentence: 'Calling…' });
  expect(callState(call('dialing'), true)).toEqual({ kind: 'dialing', sentence: 'It rings…' });
  expect(callState(call('waiting', { connectedMs: 9 }), true)).toEqual({
    kind: 'answered',
    sentence: 'Answered. Waiting.',
  });
  expect(callState(call('completed', { reason: 'busy' }), false).sentence).toBe('The number is busy.');
  expect(callState(call('completed', { reason: 'from_tomorrow' }), false)).toEqual({
    kind: 'failed',
    sentence: 'It came to nothing: from tomorrow.',
  });
  expect(callState(call('completed', { reason: 'customer_hung_up', connectedMs: 9 }), true)).toEqual({
    kind: 'answered',
    sentence: 'It was answered, and is over: customer hung up.',
  });
});
