import type { Me } from '@/api/model';
import {
  IconContacts,
  IconGreeting,
  IconHeadset,
  IconLive,
  IconNumber,
  IconSettings,
  IconStart,
  IconUsage,
} from '@/icons';

/** The pages of the navigation, in groups; which of them a user has. */
export const pages = [
  { to: '/start', label: 'Get started', icon: IconStart, group: null, for: 'newcomer' },
  { to: '/desk', label: 'Desk', icon: IconHeadset, group: null, for: 'agent' },
  { to: '/live', label: 'Live', icon: IconLive, group: null, for: 'everybody' },
  { to: '/contacts', label: 'Contacts', icon: IconContacts, group: null, for: 'everybody' },
  { to: '/numbers', label: 'Phone numbers', icon: IconNumber, group: 'Set up', for: 'admin' },
  { to: '/greeting', label: 'Greeting and hours', icon: IconGreeting, group: 'Set up', for: 'admin' },
  { to: '/usage', label: 'Usage', icon: IconUsage, group: 'Account', for: 'admin' },
  { to: '/settings', label: 'Settings', icon: IconSettings, group: 'Account', for: 'admin' },
] as const;

export type Page = (typeof pages)[number];

/** Whether the page is in this user's navigation. Get started leaves it with the end of the wizard and the first call. */
export function isFor(page: Page, me: Me, unfinishedTenantId: string | null): boolean {
  const admin = me.user.roles.includes('admin');
  switch (page.for) {
    case 'newcomer':
      return admin && (me.first_call.first_call_at === null || unfinishedTenantId === me.tenant.id);
    case 'agent':
      return me.agent !== null;
    case 'admin':
      return admin;
    case 'everybody':
      return true;
  }
}
