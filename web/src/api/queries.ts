import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api, setCsrfToken } from './client';
import { hasCode } from './problem';

/** The signed-in user; fails with `not_signed_in` when there is none. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    const me = await answer(api.GET('/api/v1/me'));
    setCsrfToken(me.csrf_token);
    return me;
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** The signed-in agent, null for a user who is none; patched by the live socket. */
export const agentQuery = queryOptions({
  queryKey: ['agent'],
  queryFn: async () => {
    try {
      return await answer(api.GET('/api/v1/agent'));
    } catch (error) {
      if (hasCode(error, 'no_agent')) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Queues, agents and contacts now; patched by the live socket. */
export const liveQuery = queryOptions({
  queryKey: ['live'],
  queryFn: () => answer(api.GET('/api/v1/live/snapshot')),
  staleTime: Number.POSITIVE_INFINITY,
});

export const tenantQuery = queryOptions({ queryKey: ['tenant'], queryFn: () => answer(api.GET('/api/v1/tenant')) });

export const phoneNumbersQuery = queryOptions({
  queryKey: ['phone-numbers'],
  queryFn: () => answer(api.GET('/api/v1/phone-numbers')),
});

/** Numbers that can be claimed; both filters may be empty. */
export const availablePhoneNumbersQuery = (country: string, contains: string) =>
  queryOptions({
    queryKey: ['phone-numbers', 'available', country, contains],
    queryFn: () =>
      answer(
        api.GET('/api/v1/phone-numbers/available', {
          params: { query: { country: country || undefined, contains: contains || undefined } },
        }),
      ),
    placeholderData: (previous) => previous,
  });

export const queuesQuery = queryOptions({ queryKey: ['queues'], queryFn: () => answer(api.GET('/api/v1/queues')) });

export const hoursQuery = queryOptions({
  queryKey: ['hours-of-operation'],
  queryFn: () => answer(api.GET('/api/v1/hours-of-operation')),
});

export const agentStatusesQuery = queryOptions({
  queryKey: ['agent-statuses'],
  queryFn: () => answer(api.GET('/api/v1/agent-statuses')),
  staleTime: 60_000,
});

export const dispositionsQuery = queryOptions({
  queryKey: ['dispositions'],
  queryFn: () => answer(api.GET('/api/v1/dispositions')),
  staleTime: 60_000,
});

export const flowsQuery = queryOptions({ queryKey: ['flows'], queryFn: () => answer(api.GET('/api/v1/flows')) });

export const promptsQuery = queryOptions({ queryKey: ['prompts'], queryFn: () => answer(api.GET('/api/v1/prompts')) });

/** All contacts, newest first, page by page. */
export const contactsQuery = infiniteQueryOptions({
  queryKey: ['contacts', 'list'],
  queryFn: ({ pageParam }) =>
    answer(api.GET('/api/v1/contacts', { params: { query: { limit: 50, cursor: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

/** One contact's record; null when there is none with this id. */
export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', id],
    queryFn: async () => {
      try {
        return await answer(api.GET('/api/v1/contacts/{id}', { params: { path: { id } } }));
      } catch (error) {
        if (hasCode(error, 'not_found')) return null;
        throw error;
      }
    },
  });

export const contactEventsQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', id, 'events'],
    queryFn: () => answer(api.GET('/api/v1/contacts/{id}/events', { params: { path: { id } } })),
  });

/** Usage between two dates in the tenant's zone, both included. */
export const usageQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['usage', from, to],
    queryFn: () => answer(api.GET('/api/v1/usage', { params: { query: { from, to } } })),
    placeholderData: (previous) => previous,
  });

export const mailSettingsQuery = queryOptions({
  queryKey: ['mail-settings'],
  queryFn: () => answer(api.GET('/api/v1/mail-settings')),
});

export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: () => answer(api.GET('/api/v1/api-keys')),
});
