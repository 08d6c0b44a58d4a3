import { expect, test } from 'vitest';
import type { Me } from '@/api/model';
import { isFor, pages } from './pages';

const me = (firstCallAt: string | null) =>
  ({
    user: { roles: ['admin'] },
    tenant: { id: 'ten_1' },
    agent: null,
    first_call: { first_call_at: firstCallAt },
  }) as Me;
const at = '2026-11-23T09:00:00.000Z';

test.each([
  ['a newcomer', me(null), null, true],
  ['one whose first call is not filed yet', me(at), 'ten_1', true],
  ['one who has done it', me(at), null, false],
  ['one who has done it, beside another tenant of this browser', me(at), 'ten_2', false],
])('%s finds Get started as long as it is of use', (_, user, unfinished, found) => {
  const start = pages.find(({ to }) => to === '/start');
  expect(start && isFor(start, user, unfinished)).toBe(found);
});
