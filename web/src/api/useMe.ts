import { useQuery } from '@tanstack/react-query';
import { meQuery } from './queries';

/** The tenant's time zone, in which the console says every time; undefined only before anybody is signed in. */
export function useZone(): string | undefined {
  return useQuery({ ...meQuery, select: (me) => me.tenant.time_zone }).data;
}

/** Whether the signed-in user is an administrator. */
export function useIsAdmin(): boolean {
  return useQuery({ ...meQuery, select: (me) => me.user.roles.includes('admin') }).data ?? false;
}
