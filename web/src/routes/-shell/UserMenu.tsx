import { Avatar, Menu, Text, UnstyledButton, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api, setCsrfToken } from '@/api/client';
import { agentQuery, meQuery } from '@/api/queries';
import { ConfirmModal } from '@/components/ConfirmModal';
import { toastFailed } from '@/components/toast';
import { forgetAllNotes } from '@/features/softphone/notes';
import { IconCheck, IconDark, IconLight, IconSignOut, IconSystem } from '@/icons';
import { signingOutEnds, type Work, workOf } from './signingOut';

const schemes = [
  { value: 'light', label: 'Light', icon: IconLight },
  { value: 'dark', label: 'Dark', icon: IconDark },
  { value: 'auto', label: 'As the system', icon: IconSystem },
] as const;

/** Who is signed in, the colour scheme, and the way out. */
export function UserMenu() {
  const { data: me } = useQuery(meQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const router = useRouter();
  const [asked, setAsked] = useState<Work | null>(null);
  const signOut = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/session')),
    onSuccess: async () => {
      forgetAllNotes();
      await router.navigate({ to: '/login' });
      setCsrfToken('');
      client.clear();
    },
  });
  const leave = () => {
    const work = workOf(client.getQueryData(agentQuery.queryKey));
    signOut.reset();
    // What fails once the modal has asked is said there.
    if (work) setAsked(work);
    else signOut.mutate(undefined, { onError: (error) => toastFailed('You are still signed in', error) });
  };
  const name = me?.user.name ?? '';
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <UnstyledButton style={{ borderRadius: '50%' }}>
            <Avatar size={30} radius="xl" color="brand" name={name} />
            <VisuallyHidden> signed in as {name}</VisuallyHidden>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Text size="sm" px="sm" py={6} style={{ overflowWrap: 'anywhere' }}>
            {me?.user.email}
          </Text>
          <Menu.Divider />
          {schemes.map(({ value, label, icon: Icon }) => (
            <Menu.Item
              key={value}
              leftSection={<Icon size={15} aria-hidden />}
              rightSection={colorScheme === value ? <IconCheck size={14} role="img" aria-label="Chosen" /> : null}
              onClick={() => setColorScheme(value)}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconSignOut size={15} aria-hidden />} onClick={leave}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmModal
        subject={asked}
        title={() => 'Sign out with a contact in hand?'}
        consequence={(work) => signingOutEnds(work, me?.tenant.reattach_timeout_s ?? 0)}
        confirm="Sign out"
        keep="Stay signed in"
        action={signOut}
        onConfirm={() => signOut.mutate()}
        onClose={() => setAsked(null)}
      />
    </>
  );
}
