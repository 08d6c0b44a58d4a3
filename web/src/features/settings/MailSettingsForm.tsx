import { Button, Group, NumberInput, PasswordInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { isInRange, isNotEmpty, useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '@/api/client';
import type { MailSettings } from '@/api/model';
import { fieldErrors } from '@/api/problem';
import { mailSettingsQuery, meQuery } from '@/api/queries';
import { emailFault } from '@/components/emailFault';
import { FormError } from '@/components/FormError';
import { Loaded } from '@/components/Loaded';
import { toastDone } from '@/components/toast';
import { IconMail } from '@/icons';

/** The mail server that password links go out through, with a button that proves it. */
export function MailSettingsForm() {
  const settings = useQuery(mailSettingsQuery);
  // What is saved begins the form anew: that it is must outlive it.
  const [saved, setSaved] = useState(false);
  return (
    <Loaded query={settings}>
      {(data) => <MailForm key={JSON.stringify(data)} settings={data} saved={saved} onSaved={setSaved} />}
    </Loaded>
  );
}

type Values = {
  host: string;
  port: number;
  security: MailSettings['security'];
  username: string;
  password: string;
  from_address: string;
};

type FormProps = { settings: MailSettings; saved: boolean; onSaved: (saved: boolean) => void };

function MailForm({ settings, saved, onSaved }: FormProps) {
  const client = useQueryClient();
  const form = useForm<Values>({
    mode: 'uncontrolled',
    onValuesChange: () => onSaved(false),
    initialValues: {
      host: settings.host ?? '',
      port: settings.port,
      security: settings.security,
      username: settings.username ?? '',
      password: '',
      from_address: settings.from_address ?? '',
    },
    validate: {
      host: isNotEmpty('Enter the mail server.'),
      port: isInRange({ min: 1, max: 65535 }, 'A port is 1 to 65535.'),
      from_address: emailFault,
    },
  });
  const save = useMutation({
    mutationFn: ({ username, password, ...rest }: Values) =>
      answer(
        api.PUT('/api/v1/mail-settings', { body: { ...rest, username: username || null, password: password || null } }),
      ),
    onSuccess: (stored) => {
      client.setQueryData(mailSettingsQuery.queryKey, stored);
      onSaved(true);
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          Links to set a new password go out through this server.
        </Text>
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label="Mail server"
            placeholder="smtp.example.net"
            key={form.key('host')}
            {...form.getInputProps('host')}
          />
          <NumberInput
            label="Port"
            min={1}
            max={65535}
            hideControls
            allowDecimal={false}
            maw={120}
            key={form.key('port')}
            {...form.getInputProps('port')}
          />
        </Group>
        <div>
          <Text size="sm" fw={600} mb={4} id="security-label">
            Security
          </Text>
          <SegmentedControl
            aria-labelledby="security-label"
            data={[
              { value: 'starttls', label: 'STARTTLS' },
              { value: 'tls', label: 'TLS' },
              { value: 'none', label: 'None' },
            ]}
            key={form.key('security')}
            {...form.getInputProps('security')}
          />
        </div>
        <TextInput label="User" autoComplete="off" key={form.key('username')} {...form.getInputProps('username')} />
        <PasswordInput
          label="Password"
          autoComplete="off"
          description={settings.password_set ? 'Leave empty to keep the stored one' : undefined}
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <TextInput
          label="From"
          type="email"
          placeholder="calls@example.com"
          key={form.key('from_address')}
          {...form.getInputProps('from_address')}
        />
        <FormError error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
          <Text size="sm" c="dimmed" role="status">
            {saved ? 'All changes are saved.' : ''}
          </Text>
          <SendTest disabled={!settings.host} />
        </Group>
      </Stack>
    </form>
  );
}

function SendTest({ disabled }: { disabled: boolean }) {
  const { data: me } = useQuery(meQuery);
  const test = useMutation({
    mutationFn: (to: string) => answer(api.POST('/api/v1/mail-settings/test', { body: { to } })),
    onSuccess: (_, to) => toastDone(`A test mail is on its way to ${to}.`),
  });
  return (
    <>
      <Button
        variant="default"
        disabled={disabled || !me}
        loading={test.isPending}
        leftSection={<IconMail size={16} aria-hidden />}
        onClick={() => me && test.mutate(me.user.email)}
      >
        Send me a test mail
      </Button>
      {disabled && (
        <Text size="sm" c="dimmed">
          Save first.
        </Text>
      )}
      <FormError error={test.error} />
    </>
  );
}
