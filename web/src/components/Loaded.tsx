import { Button, Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sentence } from '@/api/problem';
import { IconAlert } from '@/icons';
import { Notice } from './Notice';

/** A query's data once it is there; a skeleton before, a sentence and "Try again" when it failed. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}

/** Three grey lines where content will be. */
export function Loading() {
  return (
    <Stack gap="xs" p="md" aria-busy="true">
      <Skeleton height={14} width="40%" />
      <Skeleton height={14} />
      <Skeleton height={14} width="70%" />
    </Stack>
  );
}

/** A failure in one sentence, with the way to try again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Notice
      color="red"
      role="alert"
      icon={IconAlert}
      title="This could not be loaded"
      action={
        onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {sentence(error)}
    </Notice>
  );
}
