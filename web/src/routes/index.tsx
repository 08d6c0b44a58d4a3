import { createFileRoute, redirect } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';

export const Route = createFileRoute('/')({
  beforeLoad: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery).catch(() => null);
    if (!me) throw redirect({ to: '/login' });
    if (!me.user.roles.includes('admin')) throw redirect({ to: '/desk' });
    throw redirect({ to: me.first_call.first_call_at ? '/live' : '/start' });
  },
});
