import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { quiet } from '@/api/liveFixture';
import type { LiveContact } from '@/api/model';
import { liveQuery } from '@/api/queries';
import { useTestCall } from './useTestCall';

vi.mock('./testCaller', () => ({
  TestCaller: class {
    call = async () => ({ contactId: 'cnt_1', heard: null });
    hangUp() {}
    dispose() {}
  },
}));

afterEach(cleanup);

test('a call that is filed is done once, however often the page renders', async () => {
  const client = new QueryClient();
  const onDone = vi.fn();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const show = (...states: LiveContact['state'][]) =>
    act(() => {
      const contacts = states.map((state) => ({ id: 'cnt_1', state }) as LiveContact);
      client.setQueryData(liveQuery.queryKey, { ...quiet, contacts });
    });
  show();
  const { result, rerender } = renderHook(() => useTestCall((id) => onDone(id)), { wrapper });
  await act(async () => result.current.start());
  for (const [state, stage] of [
    ['ringing', 'running'],
    ['talking', 'running'],
    ['after_contact_work', 'filing'],
  ] as const) {
    show(state);
    await waitFor(() => expect([result.current.contact?.state, result.current.stage]).toEqual([state, stage]));
  }
  expect(onDone).not.toHaveBeenCalled();
  show();
  await waitFor(() => expect(result.current.stage).toBe('filed'));
  rerender();
  rerender();
  expect(onDone.mock.calls).toEqual([['cnt_1']]);
});
