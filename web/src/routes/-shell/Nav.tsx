import { NavLink, ScrollArea, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { Fragment } from 'react';
import { meQuery } from '@/api/queries';
import { useUnfinishedWizard } from '@/features/start/unfinished';
import { isFor, pages } from './pages';

/** The navigation: only pages which work and which this user may see. */
export function Nav({ onGo }: { onGo: () => void }) {
  const { data: me } = useQuery(meQuery);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [unfinished] = useUnfinishedWizard();
  if (!me) return null;
  const mine = pages.filter((page) => isFor(page, me, unfinished));
  return (
    <ScrollArea>
      {mine.map((page, index) => {
        const begins = page.group !== null && page.group !== mine[index - 1]?.group;
        const active = path === page.to || path.startsWith(`${page.to}/`);
        return (
          <Fragment key={page.to}>
            {begins && (
              <Text size="xs" c="dimmed" fw={600} px="sm" pt="md" pb={4}>
                {page.group}
              </Text>
            )}
            <NavLink
              component={Link}
              to={page.to}
              active={active}
              aria-current={active ? 'page' : undefined}
              label={page.label}
              leftSection={<page.icon size={18} strokeWidth={1.7} aria-hidden />}
              onClick={onGo}
              style={{ borderRadius: 8 }}
              py={6}
            />
          </Fragment>
        );
      })}
    </ScrollArea>
  );
}
