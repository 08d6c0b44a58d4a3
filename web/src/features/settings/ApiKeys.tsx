import { Alert, Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { answer, api } from '@/api/client';
import type { ApiKey } from '@/api/model';
import { apiKeysQuery } from '@/api/queries';
import { useZone } from '@/api/useMe';
import { ConfirmModal } from '@/components/ConfirmModal';
import { CopyText } from '@/components/CopyText';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { FormError } from '@/components/FormError';
import { dateTime } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { toastDone } from '@/components/toast';
import { IconKey } from '@/icons';

/** Keys with which programs use the API. */
export function ApiKeys() {
  const keys = useQuery(apiKeysQuery);
  const [deleting, setDeleting] = useState<ApiKey | null>(null);
  const zone = useZone();
  const columns = useMemo(() => columnsFor(zone, setDeleting), [zone]);
  return (
    <Stack>
      <Card>
        <NewKey />
      </Card>
      <Card padding={0}>
        <Loaded query={keys}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState icon={IconKey} title="No API keys">
                A key lets a program do what you can do here, without your password.
              </EmptyState>
            ) : (
              <DataTable caption="API keys" rows={items} columns={columns} rowId={(row) => row.id} />
            )
          }
        </Loaded>
      </Card>
      <DeleteModal apiKey={deleting} onClose={() => setDeleting(null)} />
    </Stack>
  );
}

function columnsFor(zone: string | undefined, onDelete: (key: ApiKey) => void): Column<ApiKey>[] {
  return [
    { id: 'name', header: 'Name', value: (row) => row.name, cell: (row) => row.name },
    {
      id: 'prefix',
      header: 'Begins with',
      cell: (row) => (
        <Text ff="monospace" size="sm">
          {row.prefix}…
        </Text>
      ),
    },
    { id: 'created', header: 'Created', value: (row) => row.created_at, cell: (row) => dateTime(row.created_at, zone) },
    {
      id: 'used',
      header: 'Last used',
      value: (row) => row.last_used_at ?? '',
      cell: (row) => (row.last_used_at ? dateTime(row.last_used_at, zone) : 'Never'),
    },
    {
      id: 'delete',
      header: 'Delete',
      headerHidden: true,
      cell: (row) => (
        <Button size="compact-sm" variant="default" aria-label={`Delete ${row.name}`} onClick={() => onDelete(row)}>
          Delete
        </Button>
      ),
    },
  ];
}

function NewKey() {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [asked, setAsked] = useState(false);
  const create = useMutation({
    mutationFn: (body: { name: string }) => answer(api.POST('/api/v1/api-keys', { body })),
    onSuccess: async () => {
      setName('');
      setAsked(false);
      await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (name.trim()) create.mutate({ name: name.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Group align="flex-start">
          <TextInput
            label="New key"
            placeholder="What it is for"
            maxLength={100}
            style={{ flex: 1 }}
            maw={360}
            value={name}
            error={asked && !name.trim() && 'Say what the key is for, then create it.'}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" mt={25} loading={create.isPending}>
            Create key
          </Button>
        </Group>
        <FormError error={create.error} />
        {create.data && (
          <Alert color="teal" variant="light" role="status" title="Copy it now: it is not shown again">
            <CopyText text={create.data.secret} label="Copy the key" />
          </Alert>
        )}
      </Stack>
    </form>
  );
}

function DeleteModal({ apiKey, onClose }: { apiKey: ApiKey | null; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: ({ id }: ApiKey) => answer(api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
      toastDone('The key is deleted.');
    },
  });
  return (
    <ConfirmModal
      subject={apiKey}
      title={({ name }) => `Delete the key “${name}”?`}
      consequence={() => 'Programs that use it are refused from now on.'}
      confirm="Delete"
      action={remove}
      onConfirm={(deleted) => remove.mutate(deleted, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
